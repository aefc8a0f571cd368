"""What marketing adds to the demo company, part by part."""
