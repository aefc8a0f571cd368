"""The references of kpis: part of the table of references."""

from tests.access.cases import Case

KPIS_CASES: dict[str, Case] = {}
