"""Tables of scoring."""
