"""Pages of reports and reviews."""
