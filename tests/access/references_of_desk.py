"""The references of desk; part of the table of references."""

from tests.access.cases import Case

DESK_CASES: dict[str, Case] = {}
