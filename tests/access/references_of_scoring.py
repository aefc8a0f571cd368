"""The references of scoring: part of the table of references."""

from tests.access.cases import Case

SCORING_CASES: dict[str, Case] = {}
