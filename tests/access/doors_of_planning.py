"""The addresses of planning: part of the table of access."""

from tests.access.gates import Door

PLANNING_DOORS: dict[str, Door] = {}
