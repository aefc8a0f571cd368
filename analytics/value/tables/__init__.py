"""The tables of value, by subject."""
