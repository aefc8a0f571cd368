"""The references of knowledge; part of the table of references."""

from tests.access.cases import Case

KNOWLEDGE_CASES: dict[str, Case] = {}
