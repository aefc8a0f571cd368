"""The references of segments: part of the table of references."""

from tests.access.cases import Case

SEGMENTS_CASES: dict[str, Case] = {}
