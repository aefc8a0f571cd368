"""The addresses of kpis: part of the table of access."""

from tests.access.gates import Door

KPIS_DOORS: dict[str, Door] = {}
