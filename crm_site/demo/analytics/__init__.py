"""What analytics adds to the demo company."""
