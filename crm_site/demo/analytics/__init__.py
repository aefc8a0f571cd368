"""A year of the demo company, as analytics sees it."""
