"""Three actions for each kind of customer, by the age of the relation (CUS-36). Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from customers.rules.derived import TenureView

ACTIONS: Final[Mapping[TenureView, tuple[str, str, str]]] = {
    TenureView.NEW: ("purchase_offer", "adviser", "fast_signing"),
    TenureView.OLD: ("after_sales", "living", "feedback"),
    TenureView.POTENTIAL: ("recommend", "coupon", "proposal"),
}
INTRODUCED: Final = 1
CLOSED: Final = 10
SUPPORT: Final[Mapping[str, str]] = {"A": "personal", "B": "personal", "C": "regular"}


def points(introduced: int, closed: int) -> int:
    """Return the points of a colleague: one for each introduction, ten for one that closed."""
    return introduced * INTRODUCED + closed * CLOSED


def support_level(grade: str) -> str:
    """Return how an investor of this grade is looked after (CUS-57)."""
    return SUPPORT.get(grade, "basic")


def gross_yield(rent: Decimal | None, price: Decimal | None) -> Decimal | None:
    """Return twelve monthly rents in per cent of the price; None where one is not known."""
    if not rent or not price:
        return None
    return (rent * 1200 / price).quantize(Decimal("0.01"))
