"""Pages of the time limits of tickets."""
