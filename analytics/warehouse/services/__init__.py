"""What writes the summary tables."""
