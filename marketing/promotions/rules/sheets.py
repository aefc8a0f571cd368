"""The design sheet, who signs it, and what a promotion brought (MKT-43). Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

INPUTS = ("market", "need", "goal")
TENTH = Decimal("0.1")


def missing_inputs(sheet: dict[str, str]) -> list[str]:
    """Return which of the three inputs of the design sheet are empty, in order."""
    return [key for key in INPUTS if not sheet.get(key, "").strip()]


def signers(cost: Decimal, *, limit: Decimal, first: str, last: str) -> tuple[str, ...]:
    """Return who signs: one step up to the limit, above it head office as well."""
    return (first, last) if cost > limit else (first,)


@dataclass(frozen=True, slots=True)
class Window:
    """A time, its end not included."""

    start: datetime
    end: datetime


def baseline_of(window: Window) -> Window:
    """Return the time of the same length right before."""
    return Window(window.start - (window.end - window.start), window.start)


def uplift_percent(*, baseline: Decimal, during: Decimal) -> Decimal | None:
    """Return by how many percent ``during`` lies above the baseline; None without a baseline."""
    if baseline <= 0:
        return None
    return ((during - baseline) * 100 / baseline).quantize(TENTH, ROUND_HALF_UP)


def group_reached(members: int, *, needed: int) -> bool:
    """Return whether a group is large enough for its discount (MKT-44)."""
    return members >= needed
