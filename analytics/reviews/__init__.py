"""Reports and reviews of results."""
