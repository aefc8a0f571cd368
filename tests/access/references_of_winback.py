"""The references of winback: part of the table of references."""

from tests.access.cases import Case

WINBACK_CASES: dict[str, Case] = {}
