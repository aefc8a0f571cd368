"""The addresses of repairs: part of the table of access."""

from tests.access.gates import Door

REPAIRS_DOORS: dict[str, Door] = {}
