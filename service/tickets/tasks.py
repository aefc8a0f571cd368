"""Jobs of tickets."""
