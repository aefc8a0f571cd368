"""Meetings and recurring care: which days a plan falls on, what may follow what. Pure."""

import datetime as dt
from collections.abc import Callable, Iterator
from enum import StrEnum

# Visits of a plan are made this far ahead; a planned one without a result is missed after this.
MADE_AHEAD = dt.timedelta(days=30)
MISSED_AFTER = dt.timedelta(hours=2)
# A holiday is never longer; a calendar without working days moves nothing.
LONGEST_CLOSURE = 20


class MeetingKind(StrEnum):
    """A meeting at the office, a personal visit, a visit of an upkeep plan, a booked viewing."""

    MEETING = "meeting"
    VISIT = "visit"
    UPKEEP = "upkeep"
    VIEWING = "viewing"


class MeetingState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


# What anybody plans by hand; the others come from a plan or take a seat of a slot.
BY_HAND = (MeetingKind.MEETING.value, MeetingKind.VISIT.value)
# What may still be held: a missed meeting whose result comes in later counts after all.
OPEN_MEETINGS = (MeetingState.PLANNED.value, MeetingState.MISSED.value)


def occurrences(first: dt.date, *, every_days: int, until: dt.date) -> Iterator[dt.date]:
    """Yield the days of a plan from ``first`` to ``until``, both inclusive."""
    day = first
    while day <= until:
        yield day
        day += dt.timedelta(days=every_days)


def working_day(day: dt.date, is_workday: Callable[[dt.date], bool]) -> dt.date:
    """Return ``day``, or the next working day where nobody works then (CUS-55)."""
    for ahead in range(LONGEST_CLOSURE):
        moved = day + dt.timedelta(days=ahead)
        if is_workday(moved):
            return moved
    return day
