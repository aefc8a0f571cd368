"""An installation of the product that is broken on purpose, and what it owes afterwards."""
