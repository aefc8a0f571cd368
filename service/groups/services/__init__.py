"""Writes about groups and crises."""
