"""Customers and staff from files: what the columns may mean, and how rows become records."""
