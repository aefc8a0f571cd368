"""The addresses of knowledge: part of the table of access."""

from tests.access.gates import Door

KNOWLEDGE_DOORS: dict[str, Door] = {}
