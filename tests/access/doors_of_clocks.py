"""The addresses of clocks: part of the table of access."""

from tests.access.gates import Door

CLOCKS_DOORS: dict[str, Door] = {}
