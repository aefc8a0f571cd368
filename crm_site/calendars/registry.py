"""Which clocks are computed again when an official year changes; upper apps sign up in ready()."""

import datetime as dt
from typing import Protocol


class Recompute(Protocol):
    """Computes the open clocks of one table again."""

    def __call__(self, *, year: int, now: dt.datetime) -> int:
        """Bring the open clocks that touch the year up to date; return how many changed."""


_RECOMPUTES: list[Recompute] = []


def register_clock_recompute(recompute: Recompute) -> None:
    """Add a function to those called whenever an official year is loaded or found changed."""
    if recompute not in _RECOMPUTES:
        _RECOMPUTES.append(recompute)


def recompute_clocks(*, year: int, now: dt.datetime) -> int:
    """Run every registered function for the year; return how many clocks changed in all."""
    return sum(recompute(year=year, now=now) for recompute in _RECOMPUTES)
