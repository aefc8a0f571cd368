"""Pages of warehouse."""
