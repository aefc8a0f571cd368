"""Tables of messaging."""
