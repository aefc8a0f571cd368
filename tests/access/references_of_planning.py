"""The references of planning: part of the table of references."""

from tests.access.cases import Case

PLANNING_CASES: dict[str, Case] = {}
