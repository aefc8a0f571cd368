"""The addresses of tickets: part of the table of access."""

from tests.access.gates import Door

TICKETS_DOORS: dict[str, Door] = {}
