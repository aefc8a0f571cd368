"""The addresses of groups: part of the table of access."""

from tests.access.gates import Door

GROUPS_DOORS: dict[str, Door] = {}
