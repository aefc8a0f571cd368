"""Decisions of channels. Pure."""
