"""The references of campaigns: part of the table of references."""

from tests.access.cases import Case

CAMPAIGNS_CASES: dict[str, Case] = {}
