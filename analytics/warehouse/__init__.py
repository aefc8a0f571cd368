"""Summary tables with dimensions, rebuilt from the base."""
