"""The addresses of care: part of the table of access."""

from tests.access.gates import Door

CARE_DOORS: dict[str, Door] = {}
