"""Where the summary of a region stands (ANA-31), and the light of an element (ANA-75). Pure."""

from datetime import date
from enum import StrEnum

from analytics.reviews.rules.periods import Cycle, span_of


class FilingState(StrEnum):
    """Handed in or not, in time or not."""

    EXPECTED = "expected"
    MISSING = "missing"
    IN_TIME = "in_time"
    LATE = "late"


def filing_state(due_on: date, handed_on: date | None, *, today: date) -> FilingState:
    """Return the state of a summary that is due until the end of ``due_on``."""
    if handed_on is None:
        return FilingState.MISSING if today > due_on else FilingState.EXPECTED
    return FilingState.LATE if handed_on > due_on else FilingState.IN_TIME


def element_light(last_on: date | None, *, today: date) -> str:
    """Return green where the running quarter has evidence, else amber."""
    start = span_of(Cycle.QUARTER, today).starts_on
    return "green" if last_on is not None and last_on >= start else "amber"
