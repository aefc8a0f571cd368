"""The references of promotions: part of the table of references."""

from tests.access.cases import Case

PROMOTIONS_CASES: dict[str, Case] = {}
