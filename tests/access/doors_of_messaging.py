"""The addresses of messaging: part of the table of access."""

from tests.access.gates import Door

MESSAGING_DOORS: dict[str, Door] = {}
