"""Decisions about the time limits of tickets, without a database."""
