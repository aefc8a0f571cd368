"""What became of a customer after a snapshot: lost, bought, stayed (design 1.2). Pure.

Everything is seconds since 1970 as floats, NaN for never. The horizon begins after a gap, so that
a loss that was already under way at the snapshot teaches nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAY: Final = 86_400.0
STAYED, LOST, BOUGHT, IN_GAP, UNKNOWN = range(5)


@dataclass(frozen=True, slots=True)
class Window:
    """The span after a snapshot in which a loss counts, in days."""

    gap: int = 7
    horizon: int = 90

    @property
    def days(self) -> int:
        """How long after a snapshot its outcome is known."""
        return self.gap + self.horizon


def outcomes(
    lost_at: Floats, bought_at: Floats, *, at: float, known_until: float, window: Window
) -> Ints:
    """Return what came first after ``at``: a loss in the horizon, a purchase, neither.

    A purchase is a competing event: who bought before leaving was not lost by this stage, and is
    told apart from who stayed. A loss or purchase inside the gap is left out, and so is everybody
    when the horizon is not over at ``known_until``.
    """
    found = np.full(len(lost_at), STAYED, dtype=np.int64)
    if known_until < at + window.days * DAY:
        return np.full(len(lost_at), UNKNOWN, dtype=np.int64)
    begins, ends = at + window.gap * DAY, at + window.days * DAY
    lost = np.where(np.isnan(lost_at), np.inf, lost_at)
    bought = np.where(np.isnan(bought_at), np.inf, bought_at)
    first = np.minimum(lost, bought)
    found[(first > begins) & (first <= ends) & (bought < lost)] = BOUGHT
    found[(first > begins) & (first <= ends) & (lost <= bought)] = LOST
    found[first <= begins] = IN_GAP
    return found


def learnable(found: Ints) -> NDArray[np.bool_]:
    """Return which rows can teach: those that stayed, left or bought after the gap."""
    return np.isin(found, (STAYED, LOST, BOUGHT))


def smallest_silence(
    returns: Floats, *, candidates: tuple[int, ...], share: float = 0.10
) -> int | None:
    """Return the smallest number of silent days after which fewer than ``share`` ever come back.

    ``returns`` holds the length in days of every silence that ended, NaN for those that never
    did; None where no candidate is long enough.
    """
    for days in candidates:
        silent = np.isnan(returns) | (returns > days)
        back = ~np.isnan(returns) & (returns > days)
        if silent.any() and back.sum() / silent.sum() < share:
            return days
    return None
