"""What the demo knows of marketing."""
