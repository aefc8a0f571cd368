"""The addresses of experience: part of the table of access."""

from tests.access.gates import Door

EXPERIENCE_DOORS: dict[str, Door] = {}
