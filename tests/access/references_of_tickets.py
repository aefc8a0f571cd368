"""The references of tickets; part of the table of references."""

from tests.access.cases import Case

TICKETS_CASES: dict[str, Case] = {}
