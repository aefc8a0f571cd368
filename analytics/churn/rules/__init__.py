"""What churn is, and what its figures mean; no database."""
