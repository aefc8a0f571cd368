"""Jobs of churn."""
