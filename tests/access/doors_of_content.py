"""The addresses of content: part of the table of access."""

from tests.access.gates import Door

CONTENT_DOORS: dict[str, Door] = {}
