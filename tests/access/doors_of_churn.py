"""The addresses of churn: part of the table of access."""

from tests.access.gates import Door

CHURN_DOORS: dict[str, Door] = {}
