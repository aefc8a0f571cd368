"""The references of care; part of the table of references."""

from tests.access.cases import Case

CARE_CASES: dict[str, Case] = {}
