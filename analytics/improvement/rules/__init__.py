"""What improvement decides, without a database."""
