"""What changes in knowledge."""
