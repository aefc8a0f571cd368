"""The addresses of attribution: part of the table of access."""

from tests.access.gates import Door

ATTRIBUTION_DOORS: dict[str, Door] = {}
