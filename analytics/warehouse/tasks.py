"""Jobs of warehouse."""
