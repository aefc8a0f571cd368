"""What the demo company knows of itself: figures, warnings, value."""
