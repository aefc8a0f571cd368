"""Jobs of experience."""
