"""Jobs of planning."""
