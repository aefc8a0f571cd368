"""Which groups of defects come back more often than the others do, and how sure that is. Pure.

Source: BEY-11. The interval is Wilson's for a share, at 95 %.
"""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``cases`` with the 95 % interval of the share; shares are 0 to 1."""

    hits: int
    cases: int
    rate: float | None
    low: float | None
    high: float | None


def share_of(hits: int, cases: int) -> Share:
    """Return the share with its interval; None for all three figures without a case."""
    if not cases:
        return Share(hits, cases, None, None, None)
    rate = hits / cases
    square = Z95 * Z95
    middle = (rate + square / (2 * cases)) / (1 + square / cases)
    spread = (
        Z95 * sqrt(rate * (1 - rate) / cases + square / (4 * cases * cases)) / (1 + square / cases)
    )
    return Share(hits, cases, rate, max(0.0, middle - spread), min(1.0, middle + spread))


def stands_out(share: Share, base: Share, *, fewest: int) -> bool:
    """Return whether a group lies above the base rate beyond chance, on enough cases."""
    if share.cases < fewest or share.low is None or base.rate is None:
        return False
    return share.low > base.rate
