"""The references of warehouse: part of the table of references."""

from tests.access.cases import Case

WAREHOUSE_CASES: dict[str, Case] = {}
