"""The addresses of promotions: part of the table of access."""

from tests.access.gates import Door

PROMOTIONS_DOORS: dict[str, Door] = {}
