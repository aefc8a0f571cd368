"""What value reads."""
