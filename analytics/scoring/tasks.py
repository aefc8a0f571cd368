"""Jobs of scoring."""
