"""How a warning becomes work, and whether the work helped. Pure."""
