"""What changes campaigns, budgets and cost."""
