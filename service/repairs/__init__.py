"""Repairs: warranty, contractors, dispatch, acceptance and charge-back."""
