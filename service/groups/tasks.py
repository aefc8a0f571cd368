"""Jobs of groups."""
