"""Segments of customers, opportunities and recommendations."""
