"""A year of the demo company's service desk."""
