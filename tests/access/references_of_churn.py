"""The references of churn: part of the table of references."""

from tests.access.cases import Case

CHURN_CASES: dict[str, Case] = {}
