"""Lifetime value, segments, forecasts."""
