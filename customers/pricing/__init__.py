"""Prices with a memory: lists, discounts, the public wall, commitment letters."""
