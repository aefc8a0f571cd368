"""What writes the time limits of tickets."""
