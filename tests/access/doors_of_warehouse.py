"""The addresses of warehouse: part of the table of access."""

from tests.access.gates import Door

WAREHOUSE_DOORS: dict[str, Door] = {}
