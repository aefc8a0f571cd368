"""Batches of messages, automation and experiments."""
