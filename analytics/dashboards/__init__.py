"""Pages of figures and charts, their exports and what is sent on schedule."""
