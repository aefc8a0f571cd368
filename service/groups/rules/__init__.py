"""Decisions about groups and crises, without database."""
