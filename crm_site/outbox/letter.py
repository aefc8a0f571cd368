"""A message on its way out: address, key and words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel gets. ``to`` is looked up when it leaves and kept nowhere."""

    to: str
    key: str
    title: str
    body: str
