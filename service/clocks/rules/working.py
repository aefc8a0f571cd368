"""How a due time came about: the stretches that counted, elapsed and remaining time. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from crm_site.calendars.rules.clocks import Clock, Pause
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.rules.working_time import (
    MICROSECOND,
    SHANGHAI,
    Calendar,
    in_shanghai,
)

NOTHING = dt.timedelta(0)


class Stretch(NamedTuple):
    """A stretch of time, half-open, in Beijing time."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        """Return how long it is."""
        return self.end - self.start


def joined(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the pauses in order with those that touch or overlap made one; empty ones fall."""
    result: list[Pause] = []
    for pause in sorted(pauses):
        if pause.resumed_at <= pause.paused_at:
            continue
        if result and pause.paused_at <= result[-1].resumed_at:
            last = result.pop()
            pause = Pause(last.paused_at, max(last.resumed_at, pause.resumed_at))
        result.append(pause)
    return tuple(result)


def counted(
    start: dt.datetime,
    end: dt.datetime,
    *,
    pauses: Iterable[Pause] = (),
    basis: Basis,
    calendar: Calendar,
) -> tuple[Stretch, ...]:
    """Return the stretches from ``start`` to ``end`` that count: worked (or all), not paused."""
    found: list[Stretch] = []
    for left in _without(in_shanghai(start), in_shanghai(end), joined(pauses)):
        if basis is Basis.NATURAL:
            found.append(left)
        else:
            found.extend(_worked(left, calendar))
    return tuple(found)


def total(stretches: Iterable[Stretch]) -> dt.timedelta:
    """Return how long the stretches are together."""
    return sum((stretch.length for stretch in stretches), NOTHING)


def stretches_until(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> tuple[Stretch, ...]:
    """Return what has counted of a clock by ``at``; a paused or met clock counts no further."""
    stops = [moment for moment in (clock.paused_at, clock.met_at) if moment is not None]
    end = max(min([at, *stops]), clock.started_at)
    return counted(
        clock.started_at, end, pauses=clock.pauses, basis=clock.limit.basis, calendar=calendar
    )


def elapsed(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Return how much of the limit is used at ``at``, in the clock's own time."""
    return total(stretches_until(clock, at=at, calendar=calendar))


def remaining(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Return how much of the limit is left at ``at``; negative once it has run out."""
    return clock.limit.limit - elapsed(clock, at=at, calendar=calendar)


def used_percent(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> int:
    """Return the used share of the limit in whole percent, rounded down; above 100 when late."""
    return elapsed(clock, at=at, calendar=calendar) * 100 // clock.limit.limit


def _without(start: dt.datetime, end: dt.datetime, pauses: Sequence[Pause]) -> Iterator[Stretch]:
    cursor = start
    for pause in pauses:
        begins, ends = in_shanghai(pause.paused_at), in_shanghai(pause.resumed_at)
        if cursor < min(begins, end):
            yield Stretch(cursor, min(begins, end))
        cursor = max(cursor, ends)
    if cursor < end:
        yield Stretch(cursor, end)


def _worked(span: Stretch, calendar: Calendar) -> Iterator[Stretch]:
    """Yield the working windows of each day inside the span."""
    day, last = span.start.date(), span.end.date()
    while day <= last:
        year = calendar.year(day.year)
        midnight = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- wall time
        for opens, closes in year.windows[day.toordinal() - year.first_day]:
            start = max(span.start, (midnight + opens * MICROSECOND).replace(tzinfo=SHANGHAI))
            end = min(span.end, (midnight + closes * MICROSECOND).replace(tzinfo=SHANGHAI))
            if start < end:
                yield Stretch(start, end)
        day += dt.timedelta(days=1)
