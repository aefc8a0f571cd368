"""Jobs of value."""
