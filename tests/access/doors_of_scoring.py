"""The addresses of scoring: part of the table of access."""

from tests.access.gates import Door

SCORING_DOORS: dict[str, Door] = {}
