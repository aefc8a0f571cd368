"""The addresses of value: part of the table of access."""

from tests.access.gates import Door

VALUE_DOORS: dict[str, Door] = {}
