"""The addresses of reviews: part of the table of access."""

from tests.access.gates import Door

REVIEWS_DOORS: dict[str, Door] = {}
