"""What holds for every time limit, over the published years with their make-up days (A-57)."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_site.calendars.rules import clocks
from crm_site.calendars.rules.clocks import Clock, ClockLimit, Pause, due_at
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.rules.working_time import Calendar, is_working
from crm_site.calendars.rules.years import YearTable
from service.clocks.rules import changes, working
from tests.service.clocks.oracle import CALENDAR, MINUTE, PLAN, YEARS, at, count, walk, works

FIRST = at("2024-01-01 00:00")
# The last months of 2026 are left out: a limit must end before the published years do.
LAST = (at("2026-09-30 00:00") - FIRST) // MINUTE
starts = st.integers(0, LAST).map(lambda minute: FIRST + minute * MINUTE)
# Around the feasts, where days off and make-up days lie close together.
FEASTS = ("2024-02-07", "2024-09-12", "2024-12-30", "2025-01-24", "2025-09-26", "2026-02-12")
feasts = st.tuples(st.sampled_from(FEASTS), st.integers(0, 20 * 1440)).map(
    lambda pair: at(f"{pair[0]} 00:00") + pair[1] * MINUTE
)
moments = starts | feasts
limits = st.integers(1, 40 * 60)
bases = st.sampled_from(list(Basis))
gaps = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 6000)), max_size=3)


def limit_of(minutes, basis=Basis.WORKING):
    return ClockLimit(basis, minutes * MINUTE)


def pauses_after(start, gaps):
    """Return pauses, in order, each some minutes after the one before."""
    found, cursor = [], start
    for after, length in gaps:
        begins = cursor + after * MINUTE
        cursor = begins + length * MINUTE
        found.append(Pause(begins, cursor))
    return tuple(found)


@pytest.mark.check("A-57")
@settings(max_examples=40, deadline=None)
@given(start=moments, minutes=limits, basis=bases, gaps=gaps)
def test_the_due_time_is_the_one_of_the_minute_walk(start, minutes, basis, gaps):
    pauses = pauses_after(start, gaps)
    due = due_at(start, limit_of(minutes, basis), pauses, CALENDAR)
    assert due.at == walk(start, minutes, natural=basis is Basis.NATURAL, pauses=pauses)


@settings(max_examples=40, deadline=None)
@given(start=moments, minutes=limits, gaps=gaps)
def test_a_working_limit_never_ends_outside_working_time(start, minutes, gaps):
    pauses = pauses_after(start, gaps)
    due = due_at(start, limit_of(minutes), pauses, CALENDAR).at
    assert works(due - MINUTE)
    assert is_working(due - MINUTE, CALENDAR)


@settings(max_examples=30, deadline=None)
@given(start=moments, minutes=limits, gaps=gaps, later=st.integers(0, 20))
def test_one_more_day_off_never_makes_a_limit_end_earlier(start, minutes, gaps, later):
    day = (start + later * dt.timedelta(days=1)).date()
    assume(day.year in YEARS)
    table = YEARS[day.year]
    more = replace(table, days_off=table.days_off | {day}, makeup_days=table.makeup_days - {day})
    assert isinstance(more, YearTable)
    longer = Calendar("longer", PLAN, YEARS | {day.year: more})
    pauses, limit = pauses_after(start, gaps), limit_of(minutes)
    with_it = due_at(start, limit, pauses, longer).at
    assert with_it >= due_at(start, limit, pauses, CALENDAR).at
    if not gaps:
        assert with_it == walk(start, minutes, extra_off=frozenset({day}))


@settings(max_examples=40, deadline=None)
@given(
    start=moments,
    minutes=limits,
    basis=bases,
    edges=st.lists(st.integers(0, 8000), min_size=3, max_size=3).map(sorted),
)
def test_two_pauses_that_touch_are_one(start, minutes, basis, edges):
    first, middle, last = (start + edge * MINUTE for edge in edges)
    limit = limit_of(minutes, basis)
    halves = due_at(start, limit, (Pause(first, middle), Pause(middle, last)), CALENDAR)
    assert halves == due_at(start, limit, (Pause(first, last),), CALENDAR)


@settings(max_examples=40, deadline=None)
@given(
    start=moments,
    minutes=limits,
    basis=bases,
    spans=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000)), max_size=4),
)
def test_overlapping_pauses_stop_the_clock_for_their_union(start, minutes, basis, spans):
    raw = [Pause(start + a * MINUTE, start + (a + b) * MINUTE) for a, b in spans]
    union = working.joined(raw)
    assert all(a.resumed_at < b.paused_at for a, b in itertools.pairwise(union))
    due = due_at(start, limit_of(minutes, basis), union, CALENDAR).at
    assert due == walk(start, minutes, natural=basis is Basis.NATURAL, pauses=raw)


@settings(max_examples=30, deadline=None)
@given(start=moments, minutes=limits, basis=bases, gaps=gaps, after=st.integers(0, 12000))
def test_elapsed_and_remaining_are_the_limit(start, minutes, basis, gaps, after):
    pauses, limit = pauses_after(start, gaps), limit_of(minutes, basis)
    due = due_at(start, limit, pauses, CALENDAR)
    clock = Clock(start, limit, due, pauses=pauses)
    moment = min(start + after * MINUTE, due.at)
    used = working.elapsed(clock, at=moment, calendar=CALENDAR)
    natural = basis is Basis.NATURAL
    assert used == count(start, moment, natural=natural, pauses=pauses) * MINUTE
    left = count(moment, due.at, natural=natural, pauses=pauses) * MINUTE
    assert working.remaining(clock, at=moment, calendar=CALENDAR) == left
    assert used + left == limit.limit


@settings(max_examples=30, deadline=None)
@given(start=moments, minutes=limits, basis=bases, gaps=gaps)
def test_the_working_shown_adds_up_to_the_limit(start, minutes, basis, gaps):
    pauses, limit = pauses_after(start, gaps), limit_of(minutes, basis)
    clock = Clock(start, limit, due_at(start, limit, pauses, CALENDAR), pauses=pauses)
    shown = working.stretches_until(clock, at=clock.due.at, calendar=CALENDAR)
    assert working.total(shown) == limit.limit
    assert all(a.end <= b.start for a, b in itertools.pairwise(shown))
    assert changes.due_from_the_trail(clock, CALENDAR) == clock.due.at


@settings(max_examples=30, deadline=None)
@given(
    start=moments, minutes=limits, other=limits, basis=bases, gaps=gaps, after=st.integers(0, 9000)
)
def test_another_limit_is_measured_from_the_same_start(start, minutes, other, basis, gaps, after):
    pauses, limit = pauses_after(start, gaps), limit_of(minutes, basis)
    clock = Clock(start, limit, due_at(start, limit, pauses, CALENDAR), pauses=pauses)
    now = start + after * MINUTE
    moved = changes.retarget(clock, limit=limit_of(other, basis), calendar=CALENDAR, now=now)
    assert moved.due == due_at(start, limit_of(other, basis), pauses, CALENDAR)
    back = changes.retarget(moved, limit=limit, calendar=CALENDAR, now=now)
    assert back == clock


@settings(max_examples=30, deadline=None)
@given(
    start=moments, minutes=limits, basis=bases, stop=st.integers(0, 3000), rest=st.integers(0, 6000)
)
def test_what_was_left_before_a_pause_is_left_after_it(start, minutes, basis, stop, rest):
    clock = clocks.start(started_at=start, limit=limit_of(minutes, basis), calendar=CALENDAR)
    at_stop = min(start + stop * MINUTE, clock.due.at)
    stood = changes.stands_still(clock, at=at_stop)
    on = changes.goes_on(stood, at=at_stop + rest * MINUTE, calendar=CALENDAR)
    left = working.remaining(clock, at=at_stop, calendar=CALENDAR)
    assert working.remaining(stood, at=at_stop + rest * MINUTE, calendar=CALENDAR) == left
    assert working.remaining(on, at=at_stop + rest * MINUTE, calendar=CALENDAR) == left
