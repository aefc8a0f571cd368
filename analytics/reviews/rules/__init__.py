"""What reports and reviews decide, without a database."""
