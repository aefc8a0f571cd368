"""Pages of churn: scores, losses, why customers leave."""
