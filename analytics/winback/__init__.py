"""Warnings, callbacks, plans and whether they helped."""
