"""What churn writes: scores, levels, losses."""
