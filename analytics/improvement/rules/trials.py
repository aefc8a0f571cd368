"""The effect of an experiment with its interval (ANA-72). Pure."""

from dataclasses import dataclass

from crm_site.common.proportions import Share, compare


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
    if not control[1] or not variant[1]:
        return None
    found = compare(Share(*control), Share(*variant))
    low, high = found.newcombe
    return Effect(100 * found.difference, 100 * low, 100 * high)
