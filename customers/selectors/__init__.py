"""Reads that span several models and answer with dataclasses."""
