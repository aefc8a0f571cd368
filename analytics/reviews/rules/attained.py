"""How much of a goal a figure reaches. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
FULL: Final = Decimal(100)
MOST: Final = Decimal(120)


def attainment(value: Decimal | None, goal: Decimal | None, good: str) -> Decimal | None:
    """Return how much of a goal is reached, 0 to 120 percent; None without figure or goal."""
    if value is None or goal is None or goal <= 0:
        return None
    if good == "down":
        share = MOST if value <= 0 else goal * FULL / value
    else:
        share = max(value, Decimal(0)) * FULL / goal
    return min(share, MOST).quantize(CENT, ROUND_HALF_UP)
