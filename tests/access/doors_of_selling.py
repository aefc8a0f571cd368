"""The addresses of selling: part of the table of access."""

from tests.access.gates import Door

SELLING_DOORS: dict[str, Door] = {}
