"""Append-only accounts: signed entries, a balance that never falls below zero, reversals."""
