"""Tables of experience."""
