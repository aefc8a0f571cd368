"""The plainest fast Django code for the same work, to divide by: no layers, no filters."""
