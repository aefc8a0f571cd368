"""The addresses of winback: part of the table of access."""

from tests.access.gates import Door

WINBACK_DOORS: dict[str, Door] = {}
