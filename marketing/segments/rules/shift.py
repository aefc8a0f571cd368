"""Advice to shift spend between placed segments, with the data behind it (MKT-33). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

LEAST_DEALS: Final = 3
WORSE: Final = Decimal("1.5")  # that many times dearer per deal is worth a shift
SHARE: Final = Decimal("0.2")  # of the dearer one's spend
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Placed:
    """What one segment cost (yuan) and brought on its platforms."""

    name: str
    spend: Decimal
    deals: int

    @property
    def per_deal(self) -> Decimal | None:
        """The cost of a deal in yuan; None without one."""
        if not self.deals:
            return None
        return (self.spend / self.deals).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Advice:
    """Move ``amount`` yuan from one segment to another; both stand behind it with their data."""

    source: Placed
    target: Placed
    amount: Decimal


def advise(rows: Sequence[Placed]) -> Advice | None:
    """Return the shift that the data speak for; None where they are too few or too alike.

    The target needs three deals. The source is the dearest per deal, or has spent what three deals
    of the target cost without one.
    """
    judged = [row for row in rows if row.deals >= LEAST_DEALS and row.spend > 0]
    if not judged:
        return None
    target = min(judged, key=lambda row: (_cost(row), row.name))
    floor = _cost(target)
    dear = [row for row in rows if row is not target and _is_dear(row, floor)]
    if not dear:
        return None
    source = max(dear, key=lambda row: (row.deals == 0, row.spend, row.name))
    amount = (source.spend * SHARE).quantize(CENT, ROUND_HALF_UP)
    return Advice(source, target, amount)


def _cost(row: Placed) -> Decimal:
    return row.spend / row.deals


def _is_dear(row: Placed, floor: Decimal) -> bool:
    if row.spend <= 0:
        return False
    if not row.deals:
        return row.spend >= floor * LEAST_DEALS
    return row.deals >= LEAST_DEALS and _cost(row) >= floor * WORSE
