"""Jobs of winback."""
