"""Jobs of clocks."""
