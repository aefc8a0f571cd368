"""The addresses of campaigns: part of the table of access."""

from tests.access.gates import Door

CAMPAIGNS_DOORS: dict[str, Door] = {}
