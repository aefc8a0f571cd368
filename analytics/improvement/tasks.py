"""Jobs of improvement."""
