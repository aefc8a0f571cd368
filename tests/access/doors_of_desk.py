"""The addresses of desk: part of the table of access."""

from tests.access.gates import Door

DESK_DOORS: dict[str, Door] = {}
