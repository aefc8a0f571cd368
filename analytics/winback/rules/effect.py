"""Whether win-back helped: two shares compared, with their interval (ANA-18, BEY-04). Pure.

The test is the two-proportion z-test with pooled variance, two-sided; the interval of the
difference is Newcombe's (1998, method 10, from Wilson's intervals), which keeps its 95 % with few
rows and shares near 0 or 1. Whether the arms are as large as drawn is a chi-squared test with one
degree of freedom.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Z95: Final = 1.959963984540054
Z80: Final = 0.8416212335729143
# Far below 5 %, because it is looked at each day: a real fault of the draw is smaller still.
MISMATCH: Final = 0.001


@dataclass(frozen=True, slots=True)
class Share:
    """How many of ``n`` came back."""

    hits: int
    n: int

    @property
    def rate(self) -> float:
        """Return the share, 0 to 1; of nobody it is 0."""
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference treated − control in shares (0 to 1), its interval, z and two-sided p."""

    difference: float
    low: float
    high: float
    z: float
    p: float

    @property
    def is_clear(self) -> bool:
        """Return whether no effect at all is outside what chance explains (5 %)."""
        return self.p < 0.05


class Standing(StrEnum):
    """Whether the effect may be shown."""

    SHOWN = "shown"
    TOO_FEW = "too_few"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the experiment says so far; ``effect`` only where it may be shown."""

    standing: Standing
    effect: Effect | None
    mismatch: float


def wilson(share: Share) -> tuple[float, float]:
    """Return the 95 % interval of one share by Wilson; of nobody it is 0 to 1."""
    if not share.n:
        return 0.0, 1.0
    n, p, zz = share.n, share.rate, Z95 * Z95
    middle = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z95 * math.sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def compare(treated: Share, control: Share) -> Effect:
    """Return the effect of treatment; raise ValueError where an arm is empty."""
    if not treated.n or not control.n:
        raise ValueError("an arm is empty")
    difference = treated.rate - control.rate
    pooled = (treated.hits + control.hits) / (treated.n + control.n)
    error = math.sqrt(pooled * (1 - pooled) * (1 / treated.n + 1 / control.n))
    z = difference / error if error else 0.0
    low_t, high_t = wilson(treated)
    low_c, high_c = wilson(control)
    below = math.hypot(treated.rate - low_t, high_c - control.rate)
    above = math.hypot(high_t - treated.rate, control.rate - low_c)
    return Effect(
        difference, difference - below, difference + above, z, math.erfc(abs(z) / math.sqrt(2))
    )


def mismatch(treated: int, control: int, *, expected: float) -> float:
    """Return how likely arms so unlike their draw are by chance (0 to 1).

    ``expected`` is how many of all were to be left alone, as a number of rows.
    """
    total = treated + control
    rest = total - expected
    if not total or expected <= 0 or rest <= 0:
        return 1.0
    chi = (control - expected) ** 2 / expected + (treated - rest) ** 2 / rest
    return math.erfc(math.sqrt(chi / 2))


def measure(treated: Share, control: Share, *, expected: float, least: int) -> Measured:
    """Return what may be said: nothing below ``least`` rows an arm or where the draw went wrong."""
    odds = mismatch(treated.n, control.n, expected=expected)
    if odds < MISMATCH:
        return Measured(Standing.MISMATCH, None, odds)
    if min(treated.n, control.n) < max(1, least):
        return Measured(Standing.TOO_FEW, None, odds)
    return Measured(Standing.SHOWN, compare(treated, control), odds)


def needed(before: float, after: float) -> int:
    """Return how many each arm needs to see ``before`` become ``after`` (5 %, power 80 %)."""
    h = 2 * math.asin(math.sqrt(after)) - 2 * math.asin(math.sqrt(before))
    if not h:
        raise ValueError("there is no difference to see")
    return math.ceil(2 * ((Z95 + Z80) / h) ** 2)
