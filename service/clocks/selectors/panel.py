"""The clocks of one ticket as its page and its proof show them, with the working (BEY-02)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.functional import Promise as Words

from crm_site.calendars.rules.clocks import Clock
from crm_site.calendars.services import clock_of
from service.clocks.choices import CALENDARS, CLOCKS
from service.clocks.models import TicketClock, TicketClockEntry
from service.clocks.rules import working
from service.clocks.rules.changes import due_from_the_trail
from service.clocks.rules.working import Stretch
from service.clocks.services.terms import Terms, years_behind
from service.tickets.models import Ticket

LABELS: dict[str, Any] = dict(CLOCKS)
ORDER = [kind for kind, _label in CLOCKS]
NEAR_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that counts, as it is printed."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        """Return how long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Day:
    """The stretches of one day and what they come to: 09:00–12:00 3 h + 13:30–15:30 2 h."""

    day: dt.date
    spans: list[Span]
    total: dt.timedelta


@dataclass(frozen=True, slots=True)
class ClockCard:
    """One clock: how it stands, what it rests on, how its due time came about."""

    row: TicketClock
    label: str | Words
    calendar: str | Words
    limit: dt.timedelta
    elapsed: dt.timedelta
    remaining: dt.timedelta
    percent: int
    tone: str
    days: list[Day]
    is_proved: bool
    is_calendar_newer: bool
    trail: list[TicketClockEntry]

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has to act."""
        return self.row.state in ("running", "paused", "breached")

    @property
    def is_late(self) -> bool:
        """Return whether the limit was not kept."""
        return self.tone == "red"

    @property
    def counted(self) -> dt.timedelta:
        """Return what the stretches come to; it is the limit."""
        return sum((day.total for day in self.days), dt.timedelta(0))


def cards_of(ticket: Ticket, now: dt.datetime) -> list[ClockCard]:
    """Return the clocks of a ticket in the order of their promises, each with its working."""
    rows = list(TicketClock.objects.filter(ticket=ticket))
    rows.sort(key=lambda row: (row.round, ORDER.index(row.kind)))
    trail: dict[int, list[TicketClockEntry]] = {}
    entries = TicketClockEntry.objects.filter(clock__in=rows).select_related("actor")
    for entry in entries:
        trail.setdefault(entry.clock_id, []).append(entry)
    terms = Terms()
    return [_card(row, trail.get(row.pk, []), terms, now) for row in rows]


def _card(
    row: TicketClock, trail: list[TicketClockEntry], terms: Terms, now: dt.datetime
) -> ClockCard:
    clock, calendar = clock_of(row), terms.calendar(row.calendar_key)
    percent = working.used_percent(clock, at=now, calendar=calendar)
    until_due = working.counted(
        clock.started_at,
        clock.due.at,
        pauses=clock.pauses,
        basis=clock.limit.basis,
        calendar=calendar,
    )
    judged_by = trail[-1].facts.get("years", {}) if trail else {}
    return ClockCard(
        row=row,
        label=LABELS[row.kind],
        calendar=CALENDARS.get(row.calendar_key, row.calendar_key),
        limit=clock.limit.limit,
        elapsed=working.elapsed(clock, at=now, calendar=calendar),
        remaining=working.remaining(clock, at=now, calendar=calendar),
        percent=percent,
        tone=tone_of(clock, percent, now),
        days=days_of(until_due),
        is_proved=due_from_the_trail(clock, calendar) == row.due_at,
        is_calendar_newer=judged_by != years_behind(row, calendar),
        trail=trail,
    )


def tone_of(clock: Clock, percent: int, now: dt.datetime) -> str:
    """Return red for a limit not kept, amber for one nearly used up, green for one kept."""
    if clock.state == "cancelled":
        return ""
    ended = clock.met_at or (clock.paused_at or now)
    if ended > clock.due.at:
        return "red"
    if clock.met_at is not None:
        return "green"
    return "amber" if percent >= NEAR_PERCENT else ""


def days_of(stretches: Sequence[Stretch]) -> list[Day]:
    """Return the stretches by the day on which they begin."""
    found = []
    for day, group in groupby(stretches, key=lambda stretch: stretch.start.date()):
        spans = [Span(stretch.start, stretch.end) for stretch in group]
        found.append(Day(day, spans, working.total(Stretch(s.start, s.end) for s in spans)))
    return found
