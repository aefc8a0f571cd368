"""Tables of value."""
