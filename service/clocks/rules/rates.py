"""How timely matters are handled: overdue open ones count against (SVC-29). Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Final

COMPARE: Final = {"lt": lt, "le": le, "ge": ge, "gt": gt}
SIGNS: Final = {"lt": "<", "le": "≤", "ge": "≥", "gt": ">"}


@dataclass(frozen=True, slots=True)
class Standard:
    """What the timely rate is held against: "at least 95 percent"."""

    percent: Decimal
    comparison: str = "ge"

    @property
    def sign(self) -> str:
        """Return the sign of the comparison."""
        return SIGNS[self.comparison]

    def is_met(self, kept: int, counted: int) -> bool:
        """Return whether a share reaches it, exactly, without rounding up to it."""
        return bool(COMPARE[self.comparison](kept * 100, self.percent * counted))


class Verdict(StrEnum):
    """What a limit says about a period."""

    KEPT = "kept"
    LATE = "late"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to before ``end``; ``seen_at`` is its end or, while it lasts, now."""

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime

    @property
    def seen_at(self) -> dt.datetime:
        """Return the moment up to which the period is known."""
        return min(self.end, self.now)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many limits were kept, missed, or have run out and are still open."""

    kept: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def handled(self) -> int:
        """Return how many were handled, in time or late."""
        return self.kept + self.late

    @property
    def counted(self) -> int:
        """Return the denominator: handled plus overdue open."""
        return self.handled + self.overdue

    @property
    def rate(self) -> float | None:
        """Return the share handled within the limit, None where nothing counts."""
        return self.kept / self.counted if self.counted else None

    def reaches(self, standard: Standard | None) -> bool | None:
        """Return whether the target is reached; None without one, or where nothing counts."""
        if standard is None or not self.counted:
            return None
        return standard.is_met(self.kept, self.counted)


def verdict(
    *,
    due_at: dt.datetime,
    met_at: dt.datetime | None,
    period: Period,
    stands_still: bool = False,
) -> Verdict | None:
    """Return what one limit counts as in the period, None where it does not count.

    Handled in the period counts by its due time; not handled by its end and due before it counts
    as overdue, whatever happened later. A clock that stands still, for the customer, is not late.
    """
    seen = period.seen_at
    if met_at is not None and met_at < seen:
        if met_at < period.start:
            return None
        return Verdict.KEPT if met_at <= due_at else Verdict.LATE
    return Verdict.OVERDUE if due_at < seen and not stands_still else None
