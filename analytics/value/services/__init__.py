"""What value writes."""
