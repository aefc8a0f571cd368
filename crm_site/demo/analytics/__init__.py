"""What the demo company knows of itself: figures, warnings, value."""
"""What analytics adds to the demo company."""
"""Analytics of the demo company."""
"""What the demo shows of analytics."""
