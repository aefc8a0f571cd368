"""When a limit ends, when its reminders fire, and how a clock changes state. Pure.

The caller passes in the instant and the calendar. A limit met at its due time is met in time.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from crm_site.calendars.rules.states import OPEN_STATES, Basis, ClockState
from crm_site.calendars.rules.working_time import (
    Calendar,
    DueTime,
    add_working_time,
    in_shanghai,
    is_provisional_between,
    is_working,
    last_working_moment_before,
    working_time_between,
)

REMINDER_PERCENTS = (50, 80, 100)  # CUS-42; a policy may say otherwise
NOTHING = dt.timedelta(0)


class ClockTransitionError(ValueError):
    """The clock's state does not allow the change; the message names both."""


@dataclass(frozen=True, slots=True)
class ClockLimit:
    """How long a clock may run, and in which time (CUS-39 to 42, SVC-04)."""

    basis: Basis
    limit: dt.timedelta

    def __post_init__(self) -> None:
        if self.limit <= NOTHING:
            msg = "a limit must be longer than nothing"
            raise ValueError(msg)


class Pause(NamedTuple):
    """A finished stretch in which the clock stood still, half-open."""

    paused_at: dt.datetime
    resumed_at: dt.datetime


class Reminder(NamedTuple):
    """One reminder: its share of the limit in percent, and when it fires."""

    percent: int
    at: dt.datetime
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """The facts of one running, standing or closed clock; ``step`` reminders have fired."""

    started_at: dt.datetime
    limit: ClockLimit
    due: DueTime
    state: ClockState = ClockState.RUNNING
    pauses: tuple[Pause, ...] = ()
    paused_at: dt.datetime | None = None
    met_at: dt.datetime | None = None
    breached_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the clock still waits for somebody."""
        return self.state in OPEN_STATES

    @property
    def paused_for(self) -> dt.timedelta:
        """Return the natural time of all finished pauses."""
        return sum((pause.resumed_at - pause.paused_at for pause in self.pauses), NOTHING)


def due_at(
    started_at: dt.datetime, limit: ClockLimit, pauses: Iterable[Pause], calendar: Calendar
) -> DueTime:
    """Return the earliest instant at which the limit has elapsed, the pauses left out.

    Pauses come in order and do not overlap; one that begins at or after the due time changes
    nothing. A natural limit is never provisional.
    """
    cursor, left, is_provisional = started_at, limit.limit, False
    for pause in pauses:
        if pause.paused_at < cursor or pause.resumed_at < pause.paused_at:
            msg = "pauses must be in order, after the start, and must not overlap"
            raise ValueError(msg)
        elapsed = _elapsed(cursor, pause.paused_at, limit.basis, calendar)
        if elapsed >= left:
            break
        if limit.basis is Basis.WORKING:
            is_provisional |= is_provisional_between(cursor, pause.paused_at, calendar)
        left -= elapsed
        cursor = pause.resumed_at
    end = _after(cursor, left, limit.basis, calendar)
    return DueTime(end.at, is_provisional or end.is_provisional)


def reminders(
    started_at: dt.datetime,
    limit: ClockLimit,
    pauses: Sequence[Pause],
    calendar: Calendar,
    percents: Sequence[int] = REMINDER_PERCENTS,
) -> tuple[Reminder, ...]:
    """Return when each share of the limit is reached, moved into working time, in order.

    A moment outside working time moves earlier, to the last closing before it, so that somebody is
    there to act; never before the start. The limit itself stays where it is (CUS-42).
    """
    return tuple(
        _reminder(started_at, limit, pauses, calendar, percent) for percent in sorted(percents)
    )


def next_reminder(steps: Sequence[Reminder], fired: int) -> dt.datetime | None:
    """Return when the reminder after those already fired is due, or None after the last."""
    return steps[fired].at if fired < len(steps) else None


def is_in_time(met_at: dt.datetime, due: dt.datetime) -> bool:
    """Return whether the limit was kept: at the due time is still in time (CUS-39)."""
    return met_at <= due


def start(*, started_at: dt.datetime, limit: ClockLimit, calendar: Calendar) -> Clock:
    """Return a running clock that began when the enquiry was received."""
    return Clock(started_at, limit, due_at(started_at, limit, (), calendar))


def breach(clock: Clock, *, now: dt.datetime) -> Clock:
    """Return the clock as breached if it runs and its due time has passed, else unchanged.

    ``breached_at`` is the due time, whenever it was noticed.
    """
    if clock.state is not ClockState.RUNNING or is_in_time(now, clock.due.at):
        return clock
    return replace(clock, state=ClockState.BREACHED, breached_at=clock.due.at)


def meet(clock: Clock, *, at: dt.datetime) -> Clock:
    """Return the clock as met; a late one keeps, or gets, the time of its breach."""
    _require_open(clock, "met")
    _require_after_start(clock, at)
    settled = breach(clock, now=at)
    return replace(settled, state=ClockState.MET, met_at=at, paused_at=None)


def cancel(clock: Clock) -> Clock:
    """Return the clock as cancelled: the matter is void, nothing is owed any more."""
    _require_open(clock, "cancelled")
    return replace(clock, state=ClockState.CANCELLED, paused_at=None)


def pause(clock: Clock, *, at: dt.datetime) -> Clock:
    """Return the clock standing still; refused once the due time has passed."""
    if clock.state is not ClockState.RUNNING or not is_in_time(at, clock.due.at):
        raise ClockTransitionError(_refusal(clock, "paused"))
    _require_after_start(clock, at)
    return replace(clock, state=ClockState.PAUSED, paused_at=at)


def resume(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> Clock:
    """Return the clock running again, with as much of its limit left as when it was paused."""
    if clock.state is not ClockState.PAUSED or clock.paused_at is None:
        raise ClockTransitionError(_refusal(clock, "resumed"))
    return _run_again(clock, Pause(clock.paused_at, at), calendar)


def reopen(clock: Clock, *, at: dt.datetime, calendar: Calendar) -> Clock:
    """Return a met clock running again; the time in which it counted as met is a pause.

    One that was met late stays breached: a second answer does not undo the first delay.
    """
    if clock.state is not ClockState.MET or clock.met_at is None:
        raise ClockTransitionError(_refusal(clock, "reopened"))
    if clock.breached_at is not None:
        return replace(clock, state=ClockState.BREACHED, met_at=None)
    return _run_again(replace(clock, met_at=None), Pause(clock.met_at, at), calendar)


def recompute(clock: Clock, *, calendar: Calendar, now: dt.datetime) -> Clock:
    """Return an open clock on a calendar that has changed: new due time, state to match.

    A breach that the new calendar does not confirm is lifted; one that it brings about is left for
    the job that looks for breaches, which also tells people. Closed clocks stay as they are.
    """
    if not clock.is_open:
        return clock
    due = due_at(clock.started_at, clock.limit, clock.pauses, calendar)
    if clock.state is not ClockState.BREACHED:
        return replace(clock, due=due)
    if is_in_time(now, due.at):
        return replace(clock, due=due, state=ClockState.RUNNING, breached_at=None)
    return replace(clock, due=due, breached_at=due.at)


def _run_again(clock: Clock, stood: Pause, calendar: Calendar) -> Clock:
    if stood.resumed_at < stood.paused_at:
        msg = "a clock cannot go on before it stood still"
        raise ClockTransitionError(msg)
    pauses = (*clock.pauses, stood)
    due = due_at(clock.started_at, clock.limit, pauses, calendar)
    return replace(clock, state=ClockState.RUNNING, paused_at=None, pauses=pauses, due=due)


def _reminder(
    started_at: dt.datetime,
    limit: ClockLimit,
    pauses: Sequence[Pause],
    calendar: Calendar,
    percent: int,
) -> Reminder:
    share = ClockLimit(limit.basis, limit.limit * percent / 100)
    raw = due_at(started_at, share, pauses, calendar)
    if is_working(raw.at, calendar):
        at = raw.at
    else:
        at = max(started_at, last_working_moment_before(raw.at, calendar))
    is_provisional = raw.is_provisional or is_provisional_between(started_at, raw.at, calendar)
    return Reminder(percent, at, is_provisional)


def _elapsed(
    start_at: dt.datetime, end_at: dt.datetime, basis: Basis, calendar: Calendar
) -> dt.timedelta:
    if basis is Basis.NATURAL:
        return end_at - start_at
    return working_time_between(start_at, end_at, calendar)


def _after(
    start_at: dt.datetime, amount: dt.timedelta, basis: Basis, calendar: Calendar
) -> DueTime:
    if basis is Basis.NATURAL:
        return DueTime(in_shanghai(start_at) + amount, is_provisional=False)
    return add_working_time(start_at, amount, calendar)


def _require_open(clock: Clock, change: str) -> None:
    if not clock.is_open:
        raise ClockTransitionError(_refusal(clock, change))


def _require_after_start(clock: Clock, at: dt.datetime) -> None:
    if at < clock.started_at:
        msg = "a clock cannot change before it started"
        raise ClockTransitionError(msg)


def _refusal(clock: Clock, change: str) -> str:
    return f"a clock that is {clock.state} cannot be {change}"
