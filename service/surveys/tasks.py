"""Jobs of surveys."""
