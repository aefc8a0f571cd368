"""Jobs of segments."""
