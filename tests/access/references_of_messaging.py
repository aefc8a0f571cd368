"""The references of messaging: part of the table of references."""

from tests.access.cases import Case

MESSAGING_CASES: dict[str, Case] = {}
