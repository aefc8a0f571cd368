"""The references of reviews: part of the table of references."""

from tests.access.cases import Case

REVIEWS_CASES: dict[str, Case] = {}
