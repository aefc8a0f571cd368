"""The references of clocks; part of the table of references."""

from tests.access.cases import Case

CLOCKS_CASES: dict[str, Case] = {}
