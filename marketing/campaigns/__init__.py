"""Campaigns from draft to review, their calendar, budgets and cost."""
