"""The addresses of segments: part of the table of access."""

from tests.access.gates import Door

SEGMENTS_DOORS: dict[str, Door] = {}
