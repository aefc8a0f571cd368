"""The addresses of channels: part of the table of access."""

from tests.access.gates import Door

CHANNELS_DOORS: dict[str, Door] = {}
