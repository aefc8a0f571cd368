"""Touches and what they brought, model by model."""
