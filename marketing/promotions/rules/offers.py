"""Which promotions go together, what they take off, when they hold (MKT-42). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EXCLUSIVE, STACKABLE = "exclusive", "stackable"
PERCENT, AMOUNT, GIFT = "percent", "amount", "gift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A promotion as the rules see it; no buildings: the whole project."""

    key: int
    project: int
    starts_at: datetime
    ends_at: datetime
    stacking: str
    state: str = "approved"
    left: int | None = None
    buildings: frozenset[int] = field(default_factory=frozenset)


def overlap(one: Offer, other: Offer) -> bool:
    """Return whether both hold for some unit at some moment."""
    if one.project != other.project:
        return False
    apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    everywhere = not one.buildings or not other.buildings
    return not apart and (everywhere or bool(one.buildings & other.buildings))


def exclusive_overlaps(offer: Offer, others: Iterable[Offer]) -> list[int]:
    """Return the keys of other exclusive offers that overlap with an exclusive one."""
    if offer.stacking != EXCLUSIVE:
        return []
    return [
        other.key
        for other in others
        if other.key != offer.key and other.stacking == EXCLUSIVE and overlap(offer, other)
    ]


def obstacle(offer: Offer, *, project: int, building: int, at: datetime) -> str:
    """Return the code of what keeps an offer from a unit at a moment, empty for nothing."""
    if offer.state != "approved":
        return "not_approved"
    if at < offer.starts_at:
        return "not_begun"
    if at >= offer.ends_at:
        return "expired"
    if offer.project != project or (offer.buildings and building not in offer.buildings):
        return "elsewhere"
    return "sold_out" if offer.left is not None and offer.left <= 0 else ""


def may_stack(stackings: Sequence[str]) -> bool:
    """Return whether promotions with these rules may be used for one unit together."""
    return len(stackings) <= 1 or all(one == STACKABLE for one in stackings)


def money_off(benefit: str, value: Decimal, *, list_total: Decimal) -> Decimal:
    """Return what a benefit takes off the list price, in yuan; a gift takes nothing off.

    Percentages are all taken of the list price, so that the order of promotions does not matter.
    """
    if benefit == PERCENT:
        return (list_total * value / 100).quantize(CENT, ROUND_HALF_UP)
    return value if benefit == AMOUNT else Decimal(0)
