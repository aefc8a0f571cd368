"""Jobs of attribution."""
