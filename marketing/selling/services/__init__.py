"""What selling writes."""
