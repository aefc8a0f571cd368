"""The effect of an experiment with its interval (ANA-72). Pure."""

from dataclasses import dataclass
from math import sqrt

from service.surveys.rules.figures import wilson


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference of two shares in percentage points, with its 95 % interval."""

    diff: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def effect(control: tuple[int, int], variant: tuple[int, int]) -> Effect | None:
    """Return variant minus control, each (hits, n); the interval is Newcombe's. None of nobody."""
    (hits, n), (hits_, n_) = control, variant
    if not n or not n_:
        return None
    p, q = hits / n, hits_ / n_
    low, high = _bounds(hits, n)
    low_, high_ = _bounds(hits_, n_)
    diff = q - p
    return Effect(
        100 * diff,
        100 * (diff - sqrt((q - low_) ** 2 + (high - p) ** 2)),
        100 * (diff + sqrt((high_ - q) ** 2 + (p - low) ** 2)),
    )


def _bounds(hits: int, n: int) -> tuple[float, float]:
    low, high = wilson(hits, n)
    return float(low) / 100, float(high) / 100
