"""The references of content: part of the table of references."""

from tests.access.cases import Case

CONTENT_CASES: dict[str, Case] = {}
