"""What knowledge computes without a database."""
