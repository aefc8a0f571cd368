"""Pages of value."""
