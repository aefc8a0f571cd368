"""Advice to move budget between channels, from cost per deal and conversion (MKT-75). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A budget with what it brought; ``free`` can be moved, money in yuan."""

    key: int
    name: str
    cost: Decimal
    free: Decimal
    leads: int
    deals: int

    @property
    def per_deal(self) -> Decimal | None:
        """What a deal cost; None without a deal."""
        return self.cost / self.deals if self.deals else None

    @property
    def conversion(self) -> Decimal | None:
        """Deals of leads, as a fraction; None without a lead."""
        return Decimal(self.deals) / self.leads if self.leads else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When advice is given: enough cost and leads, a clear difference, how much of it moves."""

    least_leads: int = 20
    factor: Decimal = Decimal("1.5")
    share: Decimal = Decimal(30)


@dataclass(frozen=True, slots=True)
class Shift:
    """Advice: move ``amount`` yuan from one budget to another."""

    source: Line
    target: Line
    amount: Decimal


def advise(lines: Sequence[Line], limits: Limits) -> list[Shift]:
    """Return moves from budgets whose deals cost clearly more to the one whose deals cost least.

    A budget counts once it has brought ``least_leads`` leads. One without any deal gives too: its
    cost counts as that of a first deal. The target must convert at least as well as the source.
    """
    judged = [one for one in lines if one.leads >= limits.least_leads and one.cost > 0]
    best = min(
        (one for one in judged if one.deals),
        key=lambda one: (one.per_deal or Decimal(0), one.key),
        default=None,
    )
    if best is None or best.per_deal is None:
        return []
    found = []
    for one in judged:
        if one.key == best.key or one.free <= 0:
            continue
        price = one.cost if one.per_deal is None else one.per_deal
        converts = (one.conversion or Decimal(0)) <= (best.conversion or Decimal(0))
        amount = (one.free * limits.share / HUNDRED).quantize(Decimal(1), ROUND_DOWN)
        if price >= best.per_deal * limits.factor and converts and amount > 0:
            found.append(Shift(one, best, amount))
    found.sort(key=lambda shift: (-(shift.source.per_deal or shift.source.cost), shift.source.key))
    return found
