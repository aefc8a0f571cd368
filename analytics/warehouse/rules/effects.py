"""The six effects before and after a day (ANA-56). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

MONTHS: Final = 6  # shown before the day and after it
Turn = Literal["better", "worse", "same", "chance", "unknown"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One of the six effects and the figure that stands for it."""

    key: str
    kpi: str


EFFECTS: Final = (
    Effect("positioning", "conversion_rate"),
    Effect("design", "design_complaint_rate"),
    Effect("quality", "defects_per_home"),
    Effect("reputation", "nps"),
    Effect("affection", "csat"),
    Effect("referral", "referral_share"),
)


def add_months(first: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_around(day: date) -> list[tuple[date, date]]:
    """Return the months ``[start, end)`` shown: six before that of ``day``, then six from it on."""
    first = day.replace(day=1)
    starts = [add_months(first, number) for number in range(-MONTHS, MONTHS + 1)]
    return list(pairwise(starts))


def turn(
    before: Decimal | None,
    after: Decimal | None,
    *,
    good: Literal["up", "down"],
    is_chance: bool = False,
) -> Turn:
    """Return whether a figure has become better; unknown where either is missing.

    ``is_chance``: the intervals of both sides say that nothing need have changed.
    """
    if before is None or after is None:
        return "unknown"
    if before == after:
        return "same"
    if is_chance:
        return "chance"
    return "better" if (after > before) == (good == "up") else "worse"
