"""Which limits an enquiry gets, and what stops its clocks (CUS-39 to CUS-42). Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_site.calendars.rules.states import Basis
from customers.rules.axes import Channel, ClockKind, Result


class Urgency(StrEnum):
    """How soon the desk itself wants to have answered; without one there is no inner limit."""

    ROUTINE = "routine"
    URGENT = "urgent"


class ClockStart(StrEnum):
    """From when the clocks of imported leads run (docs: domain, "Clocks")."""

    NONE = "none"
    FROM_RECEIVED = "from_received"
    FROM_IMPORT = "from_import"


INNER_LIMIT = "response"
# The promises of which every enquiry has one each, and the desk's own limit inside the first.
CLOCK_NAMES = (*(kind.value for kind in ClockKind), INNER_LIMIT)

# Imported enquiries older than this are history: no clock starts for them.
IMPORT_HORIZON = dt.timedelta(days=7)

# An attempt that reached nobody is no answer; neither is a remark nobody outside has heard.
ANSWERS = frozenset(Result) - {Result.NO_ANSWER}
SILENT_CHANNELS = frozenset({Channel.NOTE})


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of the table of limits; an empty condition fits everything."""

    clock: str
    minutes: int
    basis: Basis = Basis.NATURAL
    urgency: str = ""
    grade: str = ""
    request: str = ""

    @property
    def conditions(self) -> int:
        """How many conditions the line states; the line with most of them wins."""
        return sum(map(bool, (self.urgency, self.grade, self.request)))

    def fits(self, request: "Request") -> bool:
        """Return whether every condition of the line holds for the request."""
        return (
            self.urgency in ("", request.urgency)
            and self.grade in ("", request.grade)
            and self.request in ("", request.kind)
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What the table of limits asks about an enquiry: capture point, urgency, customer's grade."""

    kind: str = ""
    urgency: str = ""
    grade: str = ""


def limits_for(request: Request, table: Iterable[Limit]) -> dict[str, Limit]:
    """Return the limit of each clock for the request: the fitting line with most conditions.

    Of two lines with as many conditions the first one counts.
    """
    chosen: dict[str, Limit] = {}
    for line in table:
        if not line.fits(request):
            continue
        best = chosen.get(line.clock)
        if best is None or line.conditions > best.conditions:
            chosen[line.clock] = line
    return chosen


@dataclass(frozen=True, slots=True)
class Talk:
    """What the clocks need to know of an interaction."""

    channel: Channel
    result: Result
    content: str
    has_next_step: bool
    is_automatic: bool


def stopped_by(talk: Talk) -> Sequence[str]:
    """Return the clocks that an interaction stops.

    A person who got through stops the first touch; an acknowledgement by a machine and an attempt
    that was not answered stop nothing (CUS-39). With content and a next step it is a substantive
    follow-up as well (CUS-40). Closure needs more than a talk (CUS-41).
    """
    if talk.is_automatic or talk.result not in ANSWERS or talk.channel in SILENT_CHANNELS:
        return ()
    if talk.content.strip() and talk.has_next_step:
        return (ClockKind.FIRST_TOUCH.value, INNER_LIMIT, ClockKind.FOLLOW_UP.value)
    return (ClockKind.FIRST_TOUCH.value, INNER_LIMIT)


def clock_start(
    mode: ClockStart, *, received_at: dt.datetime, now: dt.datetime
) -> dt.datetime | None:
    """Return when the clocks of an imported lead start, or ``None`` where none does."""
    if mode is ClockStart.NONE or now - received_at > IMPORT_HORIZON:
        return None
    return now if mode is ClockStart.FROM_IMPORT else min(received_at, now)
