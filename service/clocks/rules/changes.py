"""What a change of the ticket does to its clocks. Pure."""

import datetime as dt
from dataclasses import replace

from crm_site.calendars.rules import clocks as base
from crm_site.calendars.rules.clocks import Clock, ClockLimit, due_at
from crm_site.calendars.rules.states import ClockState
from crm_site.calendars.rules.working_time import Calendar


def retarget(clock: Clock, *, limit: ClockLimit, calendar: Calendar, now: dt.datetime) -> Clock:
    """Return an open clock under another limit, measured from its own start and pauses.

    A breach that the longer limit does not confirm is lifted; a shorter one that has run out
    already is left to the sweep, which also tells people. A clock that stands still and whose
    shorter limit had run out before it was stopped is breached: nothing was left to pause.
    """
    if not clock.is_open:
        return clock
    fresh = base.recompute(replace(clock, limit=limit), calendar=calendar, now=now)
    if fresh.paused_at is not None and fresh.due.at < fresh.paused_at:
        return replace(fresh, state=ClockState.BREACHED, paused_at=None, breached_at=fresh.due.at)
    return fresh


def due_from_the_trail(clock: Clock, calendar: Calendar) -> dt.datetime:
    """Return the due time computed again from start, limit and pauses alone (BEY-02)."""
    return due_at(clock.started_at, clock.limit, clock.pauses, calendar).at


def stands_still(clock: Clock, *, at: dt.datetime) -> Clock:
    """Return the clock paused where that is possible, else as it is; late ones go on counting."""
    if clock.state is not ClockState.RUNNING or not clock.started_at <= at <= clock.due.at:
        return clock
    return base.pause(clock, at=at)


def goes_on(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> Clock:
    """Return a clock that stands still as running again, else as it is."""
    if clock.state is not ClockState.PAUSED or clock.paused_at is None:
        return clock
    return base.resume(clock, at=max(at, clock.paused_at), calendar=calendar)
