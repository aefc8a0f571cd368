"""Decisions of dashboards: periods, changes, the way to a contract. Pure."""
