"""Formulas and tables of owner care. Pure."""

from enum import StrEnum
from typing import Final

SIGNED: Final = "purchase:signed"
HANDED_OVER: Final = "purchase:handed_over"
REGULAR: Final = "care:regular"


class ItemState(StrEnum):
    """How one thing of the programme stands."""

    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    DROPPED = "dropped"


class PaperState(StrEnum):
    """How a plan, a list of gifts or a proposal stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    SPENT = "spent"
    FINISHED = "finished"


class EventState(StrEnum):
    """How an event stands."""

    PLANNED = "planned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class EventKind(StrEnum):
    """What an event is."""

    OPEN_DAY = "open_day"
    COMMUNITY = "community"
    CLUB = "club"
    OTHER = "other"


def share(part: int, whole: int) -> int | None:
    """Return ``part`` of ``whole`` in whole percent, None where there is nothing to share."""
    return None if not whole else (part * 200 + whole) // (2 * whole)
