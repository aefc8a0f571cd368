"""The addresses of improvement: part of the table of access."""

from tests.access.gates import Door

IMPROVEMENT_DOORS: dict[str, Door] = {}
