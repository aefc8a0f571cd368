"""What the demo company measures."""
