"""Writing reports, measures and reviews."""
