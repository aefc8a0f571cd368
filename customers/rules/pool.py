"""When a customer without contact falls to the pool, and who may take it from there (CUS-52). Pure.

Silence is counted in whole days of Beijing time: a customer last spoken to on 5 May under a limit
of 15 days falls in the night after 20 May, and its owner is warned the night before.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customers.rules.axes import CustomerClass, Grade, LeadState
from customers.rules.days import end_of_day

# Whoever has bought or is about to stays with the consultant, however silent it is.
FALLING_CLASSES: Final = (CustomerClass.POTENTIAL.value, CustomerClass.INTENT.value)
STAYING_STATES: Final = (LeadState.SUBSCRIBED.value, LeadState.SIGNED.value)
NO_GRADE: Final = ""
GRADES: Final = (NO_GRADE, *(grade.value for grade in Grade))


class PoolReason(StrEnum):
    """Why a customer is in the pool."""

    SILENT = "silent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class SilenceLimit:
    """One line of the table of limits; an empty condition fits everything."""

    days: int
    customer_class: str = ""
    grade: str = ""

    @property
    def conditions(self) -> int:
        """How many conditions the line states; the line with most of them wins."""
        return bool(self.customer_class) + bool(self.grade)

    def fits(self, customer_class: str, grade: str) -> bool:
        """Return whether the line is about customers of this class and grade."""
        return self.customer_class in ("", customer_class) and self.grade in ("", grade)


def days_for(customer_class: str, grade: str, table: Sequence[SilenceLimit]) -> int | None:
    """Return after how many silent days a customer falls; ``None`` for those that never do.

    Of the lines that fit the one with most conditions counts, of two such lines the first.
    """
    if customer_class not in FALLING_CLASSES:
        return None
    fitting = [line for line in table if line.fits(customer_class, grade)]
    return max(fitting, key=lambda line: line.conditions).days if fitting else None


def falls_at(silent_since: dt.datetime, days: int) -> dt.datetime:
    """Return the midnight at which ``days`` whole days have passed without contact."""
    return end_of_day(silent_since) + dt.timedelta(days=days)


def silent_before(now: dt.datetime, days: int) -> dt.datetime:
    """Return the moment before which a contact must lie for ``falls_at`` to have come."""
    return end_of_day(now) - dt.timedelta(days=days + 1)
