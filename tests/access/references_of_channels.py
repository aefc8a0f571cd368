"""The references of channels: part of the table of references."""

from tests.access.cases import Case

CHANNELS_CASES: dict[str, Case] = {}
