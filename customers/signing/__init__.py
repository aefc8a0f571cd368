"""Signing a contract: online through a provider, and quickly at a booked desk (CUS-65, CUS-66)."""
