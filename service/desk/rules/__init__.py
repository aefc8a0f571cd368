"""Decisions of the call-centre desk. Pure."""
