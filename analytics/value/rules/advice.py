"""What to advise from figures, and only where chance does not explain them (ANA-54). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final

LEAST: Final = 20  # cases of either side, below which nothing is advised
SURE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Way:
    """One source of leads: how many came and how many of them visited."""

    name: str
    leads: int
    visits: int

    @property
    def rate(self) -> float:
        """The share that visited."""
        return self.visits / self.leads if self.leads else 0.0

    def against(self, other: "Way") -> float:
        """Return how likely a difference this large is by chance, two-sided."""
        return chance(self.visits, self.leads, other.visits, other.leads)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many came to it and how many reached what it is named for."""

    name: str
    came: int
    went_on: int

    @property
    def rate(self) -> float | None:
        """The share that went on; None where nobody came."""
        return self.went_on / self.came if self.came else None


def chance(x: int, n: int, y: int, m: int) -> float:
    """Return the probability of the two-proportion z-test, pooled; 1 without cases."""
    if not n or not m or x + y in (0, n + m):
        return 1.0
    pooled = (x + y) / (n + m)
    z = (x / n - y / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return erfc(abs(z) / sqrt(2))


def shift(ways: Sequence[Way]) -> tuple[Way, Way] | None:
    """Return the worse and the better source; None unless the difference is sure."""
    known = [way for way in ways if way.leads >= LEAST]
    if len(known) < 2:
        return None
    worse = min(known, key=lambda way: (way.rate, way.name))
    better = max(known, key=lambda way: (way.rate, way.name))
    # All pairs were looked at: the level is shared among them.
    level = SURE / (len(known) * (len(known) - 1) / 2)
    return (worse, better) if better.against(worse) < level else None


def weakest(before: Sequence[Step], now: Sequence[Step]) -> tuple[Step, Step] | None:
    """Return the step that lost most against before, as (before, now); None without a sure loss."""
    pairs = [
        (old, new)
        for old, new in zip(before, now, strict=True)
        if min(old.came, new.came) >= LEAST and (new.rate or 0) < (old.rate or 0)
    ]
    level = SURE / max(len(now), 1)
    sure = [
        pair
        for pair in pairs
        if chance(pair[0].went_on, pair[0].came, pair[1].went_on, pair[1].came) < level
    ]
    return max(sure, key=lambda pair: (pair[0].rate or 0) - (pair[1].rate or 0), default=None)
