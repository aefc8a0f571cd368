"""Jobs of repairs."""
