"""The addresses of dashboards: part of the table of access."""

from tests.access.gates import Door

DASHBOARDS_DOORS: dict[str, Door] = {}
