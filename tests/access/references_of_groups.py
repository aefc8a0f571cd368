"""The references of groups; part of the table of references."""

from tests.access.cases import Case

GROUPS_CASES: dict[str, Case] = {}
