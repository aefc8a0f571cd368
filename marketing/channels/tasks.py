"""Jobs of channels."""
