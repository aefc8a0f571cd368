"""Pages of campaigns, budgets and cost."""
