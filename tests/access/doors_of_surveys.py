"""The addresses of surveys: part of the table of access."""

from tests.access.gates import Door

SURVEYS_DOORS: dict[str, Door] = {}
