"""What analytics adds to the demo company, part by part."""
