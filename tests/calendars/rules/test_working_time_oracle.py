"""Working time against an oracle that walks minute by minute through 2024 to 2026."""

import datetime as dt
from functools import lru_cache

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_site.calendars.rules.plans import Closure, Hours, Season, Window, WorkPlan
from crm_site.calendars.rules.working_time import (
    Calendar,
    add_working_time,
    is_working,
    last_working_moment_before,
    next_working_moment,
    working_time_between,
)
from tests.calendars.desks import MINUTE, YEARS, at

FIRST = at("2024-01-01 00:00")
BEYOND = at("2027-01-01 00:00")
MINUTES = (BEYOND - FIRST) // MINUTE
DAY = 1440


@lru_cache(maxsize=2000)
def official(day):
    """Return workday, weekend or holiday, straight from the library."""
    is_off, holiday = chinese_calendar.get_holiday_detail(day)
    if not is_off:
        return "workday"
    return "holiday" if holiday else "weekend"


def minute_works(plan, day, minute):
    """Say whether one minute is worked, from the plan's words, with no arithmetic."""
    if any(closure.first <= day <= closure.last for closure in plan.closures):
        return False
    hours = plan.hours
    for season in plan.seasons:
        inside = season.first <= (day.month, day.day) <= season.last
        if season.first > season.last:
            inside = (day.month, day.day) >= season.first or (day.month, day.day) <= season.last
        if inside:
            hours = season.hours
            break
    kind = "weekend" if day.weekday() in (5, 6) else "workday"
    if plan.follows_public_holidays:
        kind = official(day)
    return any(window.opens <= minute < window.closes for window in getattr(hours, kind))


def minute_row(plan):
    """Return one byte per minute of the three years: 1 where the desk works."""
    row, seen = bytearray(), {}
    for number in range(MINUTES // DAY):
        day = FIRST.date() + dt.timedelta(days=number)
        closed = any(closure.first <= day <= closure.last for closure in plan.closures)
        seasons = tuple(season.covers(day) for season in plan.seasons)
        alike = (official(day), day.weekday() >= 5, closed, seasons)
        if alike not in seen:
            seen[alike] = bytes(minute_works(plan, day, minute) for minute in range(DAY))
        row += seen[alike]
    return row


def walk(row, start, amount):
    """Return the first minute by which ``amount`` worked minutes have passed, or None."""
    now = start
    while amount:
        if now == len(row):
            return None
        amount -= row[now]
        now += 1
    return now


@st.composite
def windows(draw):
    edges = draw(st.lists(st.integers(0, DAY), max_size=6, unique=True).map(sorted))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Window(opens, closes) for opens, closes in pairs)


hours = st.builds(Hours, workday=windows(), weekend=windows(), holiday=windows())
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
month_days = days.map(lambda day: (day.month, day.day))
seasons = st.builds(Season, st.just("season"), month_days, month_days, hours)
closures = st.builds(
    lambda first, length: Closure("closed", first, first + dt.timedelta(days=length)),
    days,
    st.integers(0, 40),
)
plans = st.builds(
    WorkPlan,
    hours=hours,
    follows_public_holidays=st.booleans(),
    seasons=st.lists(seasons, max_size=2).map(tuple),
    closures=st.lists(closures, max_size=2).map(tuple),
)
minutes = st.integers(0, MINUTES - 1)


def calendar_of(plan):
    return Calendar("random", plan, YEARS)


@settings(max_examples=60, deadline=None)
@given(plan=plans, start=minutes, data=st.data())
def test_adding_agrees_with_the_minute_walk(plan, start, data):
    row = minute_row(plan)
    left = sum(row[start:])
    amount = data.draw(st.integers(0, min(left, 60_000)))
    expected = walk(row, start, amount)
    due = add_working_time(FIRST + start * MINUTE, amount * MINUTE, calendar_of(plan))
    assert due == (FIRST + expected * MINUTE, False)


@settings(max_examples=40, deadline=None)
@given(plan=plans, ends=st.tuples(minutes, minutes))
def test_time_between_agrees_with_the_minute_count(plan, ends):
    row = minute_row(plan)
    start, end = sorted(ends)
    worked = working_time_between(FIRST + start * MINUTE, FIRST + end * MINUTE, calendar_of(plan))
    assert worked == sum(row[start:end]) * MINUTE


@settings(max_examples=40, deadline=None)
@given(plan=plans, moment=minutes)
def test_nearest_working_moments_agree_with_the_minute_walk(plan, moment):
    row, calendar, now = minute_row(plan), calendar_of(plan), FIRST + moment * MINUTE
    assert is_working(now, calendar) is bool(row[moment])
    before = row.rfind(1, 0, moment) if not row[moment] else moment - 1
    after = row.find(1, moment)
    if before >= 0 or row[moment]:
        assert last_working_moment_before(now, calendar) == FIRST + (before + 1) * MINUTE
    if after >= 0:
        assert next_working_moment(now, calendar) == FIRST + after * MINUTE


@settings(max_examples=100, deadline=None)
@given(
    plan=plans,
    start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 31)),
    amount=st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(hours=900)),
)
def test_what_was_added_lies_between_to_the_microsecond(plan, start, amount):
    calendar = calendar_of(plan)
    start = start.replace(tzinfo=FIRST.tzinfo)
    if working_time_between(start, BEYOND, calendar) < amount:
        return
    due = add_working_time(start, amount, calendar).at
    assert working_time_between(start, due, calendar) == amount
    # The due time is the earliest such instant: a moment earlier, something is missing.
    earlier = due - dt.timedelta(microseconds=1)
    assert working_time_between(start, earlier, calendar) < amount
    half = amount / 2
    middle = add_working_time(start, half, calendar).at
    assert add_working_time(middle, amount - half, calendar).at == due
