"""Indicators: registry, readings, targets, snapshots."""
