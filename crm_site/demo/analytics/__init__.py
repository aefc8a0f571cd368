"""Analytics of the demo company."""
