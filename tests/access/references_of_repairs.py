"""The references of repairs; part of the table of references."""

from tests.access.cases import Case

REPAIRS_CASES: dict[str, Case] = {}
