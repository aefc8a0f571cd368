"""Jobs of reviews."""
