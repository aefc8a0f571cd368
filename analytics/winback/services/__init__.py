"""What changes warnings, cases, plans and rewards."""
