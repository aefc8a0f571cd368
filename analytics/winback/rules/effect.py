"""Whether win-back helped: two shares compared, with their interval (ANA-18, BEY-04). Pure.

The interval of the difference is Newcombe's; whether the arms are as large as drawn is a
chi-squared test with one degree of freedom.
"""

from dataclasses import dataclass
from enum import StrEnum

from crm_site.common import proportions
from crm_site.common.proportions import MISMATCH, Share

__all__ = ["Effect", "Measured", "Share", "Standing", "compare", "measure", "mismatch", "needed"]


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


def compare(treated: Share, control: Share) -> Effect:
    """Return the effect of treatment; raise ValueError where an arm is empty."""
    found = proportions.compare(control, treated)
    return Effect(found.difference, *found.newcombe, found.z, found.p)


def mismatch(treated: int, control: int, *, expected: float) -> float:
    """Return how likely arms so unlike their draw are by chance (0 to 1).

    ``expected`` is how many of all were to be left alone, as a number of rows.
    """
    total = treated + control
    rest = total - expected
    if not total or expected <= 0 or rest <= 0:
        return 1.0
    return proportions.balance((control, treated), (expected, rest))[1]


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
    return proportions.least_per_arm(before, after)
