"""The references of dashboards: part of the table of references."""

from tests.access.cases import Case

DASHBOARDS_CASES: dict[str, Case] = {}
