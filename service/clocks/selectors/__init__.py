"""Questions about the time limits of tickets."""
