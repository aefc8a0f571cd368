"""How active a customer is, from its own moves, fading with silence (CUS-26). Pure.

Whole numbers only, so that this module and the set-based SQL of the nightly job agree to the point.
The score falls or stays with every further moment of silence: moves only leave the window, and the
fading only grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

BEST: Final = 100
WHOLE: Final = 10_000  # no fading, in ten-thousandths
DAY: Final = timedelta(days=1)
LIVES: Final = 8  # half-lives after which nothing is left: 100 × 2^-8 rounds to 0


class Move(StrEnum):
    """What a customer does of its own accord."""

    VISIT = "visit"
    REPLY = "reply"
    CHECK_IN = "check_in"
    APP_USE = "app_use"


MOVES: Final = tuple(Move)


@dataclass(frozen=True, slots=True)
class ActivityWeights:
    """Points of one move of each kind and how many count, the window and the half-life in days."""

    points: tuple[int, ...]  # in the order of MOVES
    most: tuple[int, ...]
    window_days: int
    half_life_days: int


def fading(half_life_days: int) -> list[int]:
    """Return what is left after 0, 1, 2 … days of silence, in ten-thousandths."""
    length = half_life_days * LIVES
    return [round(WHOLE * 0.5 ** (days / half_life_days)) for days in range(length + 1)]


def silence(last_touch: datetime | None, now: datetime) -> int | None:
    """Return the whole days since the last own move; ``None`` when there was none."""
    return None if last_touch is None else max(0, (now - last_touch) // DAY)


def activity(
    counts: Mapping[Move, int],
    last_touch: datetime | None,
    *,
    weights: ActivityWeights,
    now: datetime,
) -> int:
    """Return the score, 0 to 100; ``counts`` are the moves within the window before ``now``."""
    days = silence(last_touch, now)
    left = fading(weights.half_life_days)
    if days is None or days >= len(left):
        return 0
    parts = zip(MOVES, weights.points, weights.most, strict=True)
    base = sum(points * min(counts.get(move, 0), most) for move, points, most in parts)
    return (min(BEST, base) * left[days] + WHOLE // 2) // WHOLE
