"""What the demo shows of analytics."""
