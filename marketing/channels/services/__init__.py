"""What writes in channels."""
