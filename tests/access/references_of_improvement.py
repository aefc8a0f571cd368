"""The references of improvement: part of the table of references."""

from tests.access.cases import Case

IMPROVEMENT_CASES: dict[str, Case] = {}
