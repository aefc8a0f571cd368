"""The references of selling: part of the table of references."""

from tests.access.cases import Case

SELLING_CASES: dict[str, Case] = {}
