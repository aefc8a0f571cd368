"""What messaging writes."""
