"""When working hours have elapsed, and how many lie between two instants. Pure.

Every instant in and out is aware; arithmetic is done on Asia/Shanghai wall time, which has had no
daylight saving since 1991. A due time is the earliest instant at which the hours have elapsed, so
nine hours from 09:00 end at 18:00 the same day; a start outside working time counts from the next
opening (PLT-43).
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_site.calendars.rules.plans import DayKind, WorkPlan
from crm_site.calendars.rules.years import SATURDAY, YearTable

SHANGHAI = ZoneInfo("Asia/Shanghai")
MICROSECOND = dt.timedelta(microseconds=1)
MICROSECONDS_PER_MINUTE = 60_000_000
MAX_YEARS_AHEAD = 50


class NoWorkingTimeError(ValueError):
    """The plan has no (or not enough) working time within fifty years."""


class DueTime(NamedTuple):
    """An instant, and whether it rests on a year without an official table."""

    at: dt.datetime
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class CompiledYear:
    """One year of one calendar, ready for arithmetic; times in microseconds.

    ``worked[i]`` is the working time from New Year to the midnight that begins day i, so the last
    entry is the working time of the whole year. ``windows[i]`` are the day's openings and closings.
    """

    first_day: int  # proleptic ordinal of 1 January
    windows: tuple[tuple[tuple[int, int], ...], ...]
    worked: tuple[int, ...]
    is_provisional: bool

    @property
    def total(self) -> int:
        """Return the working time of the year."""
        return self.worked[-1]

    def worked_until(self, local: dt.datetime) -> int:
        """Return the working time from New Year to an instant of this year."""
        day = local.toordinal() - self.first_day
        clock = _time_of_day(local)
        worked = self.worked[day]
        for opens, closes in self.windows[day]:
            if clock <= opens:
                break
            worked += min(clock, closes) - opens
        return worked

    def is_working(self, local: dt.datetime) -> bool:
        """Return whether an instant of this year lies in a window, closing excluded."""
        clock = _time_of_day(local)
        windows = self.windows[local.toordinal() - self.first_day]
        return any(opens <= clock < closes for opens, closes in windows)

    def reached_at(self, worked: int) -> dt.datetime:
        """Return the earliest instant by which the year has seen this much work (0 < worked)."""
        day = bisect_left(self.worked, worked) - 1
        left = worked - self.worked[day]
        for opens, closes in self.windows[day]:
            if left <= closes - opens:
                return self._instant(day, opens + left)
            left -= closes - opens
        raise AssertionError  # the cumulative column says that the day holds it

    def exceeded_from(self, worked: int) -> dt.datetime:
        """Return the instant at which work goes on after this much (worked < total)."""
        day = bisect_right(self.worked, worked) - 1
        left = worked - self.worked[day]
        for opens, closes in self.windows[day]:
            if left < closes - opens:
                return self._instant(day, opens + left)
            left -= closes - opens
        raise AssertionError  # the cumulative column says that the day goes beyond it

    def _instant(self, day: int, clock: int) -> dt.datetime:
        midnight = dt.datetime.fromordinal(self.first_day + day)
        return (midnight + clock * MICROSECOND).replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A plan on the official years that are known; each year is compiled once, when first asked."""

    key: str
    plan: WorkPlan
    years: Mapping[int, YearTable]
    _compiled: dict[int, CompiledYear] = field(default_factory=dict, init=False, repr=False)

    def year(self, number: int) -> CompiledYear:
        """Return the compiled year."""
        compiled = self._compiled.get(number)
        if compiled is None:
            compiled = self._compiled[number] = _compile(self.plan, self.years, number)
        return compiled


def add_working_time(start: dt.datetime, amount: dt.timedelta, calendar: Calendar) -> DueTime:
    """Return the earliest instant at which that much working time has elapsed since the start.

    No time at all is due at the start itself. The answer is provisional if any year that it
    touches has no official table. Raise ValueError for a negative amount or a naive start,
    NoWorkingTimeError if the calendar never gets there.
    """
    if amount < dt.timedelta(0):
        msg = "working time to add must not be negative"
        raise ValueError(msg)
    local = in_shanghai(start)
    year = calendar.year(local.year)
    if not amount:
        return DueTime(local, year.is_provisional)
    is_provisional = year.is_provisional
    target = year.worked_until(local) + amount // MICROSECOND
    number = local.year
    while target > year.total:
        target -= year.total
        number += 1
        if number > local.year + MAX_YEARS_AHEAD:
            raise NoWorkingTimeError(calendar.key)
        year = calendar.year(number)
        is_provisional = is_provisional or year.is_provisional
    return DueTime(year.reached_at(target), is_provisional)


def working_time_between(a: dt.datetime, b: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Return the working time from a to b; negative if b is before a."""
    start, end = in_shanghai(a), in_shanghai(b)
    worked = calendar.year(end.year).worked_until(end)
    worked -= calendar.year(start.year).worked_until(start)
    for number in range(start.year, end.year):
        worked += calendar.year(number).total
    for number in range(end.year, start.year):
        worked -= calendar.year(number).total
    return worked * MICROSECOND


def is_working(at: dt.datetime, calendar: Calendar) -> bool:
    """Return whether the desk works at the instant; it does at an opening, not at a closing."""
    local = in_shanghai(at)
    return calendar.year(local.year).is_working(local)


def is_workday(day: dt.date, calendar: Calendar) -> bool:
    """Return whether the desk works at all on the day."""
    year = calendar.year(day.year)
    return bool(year.windows[day.toordinal() - year.first_day])


def workdays_in(number: int, calendar: Calendar) -> int:
    """Return on how many days of the year the desk works."""
    return sum(1 for windows in calendar.year(number).windows if windows)


def last_working_moment_before(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Return the instant itself if the desk works then, else the closing that came before it."""
    local = in_shanghai(at)
    year = calendar.year(local.year)
    if year.is_working(local):
        return local
    worked = year.worked_until(local)
    for number in range(local.year, local.year - MAX_YEARS_AHEAD, -1):
        if worked:
            return calendar.year(number).reached_at(worked)
        worked = calendar.year(number - 1).total
    raise NoWorkingTimeError(calendar.key)


def next_working_moment(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Return the instant itself if the desk works then, else the next opening."""
    local = in_shanghai(at)
    year = calendar.year(local.year)
    if year.is_working(local):
        return local
    worked = year.worked_until(local)
    for number in range(local.year, local.year + MAX_YEARS_AHEAD):
        year = calendar.year(number)
        if worked < year.total:
            return year.exceeded_from(worked)
        worked = 0
    raise NoWorkingTimeError(calendar.key)


def is_provisional_between(a: dt.datetime, b: dt.datetime, calendar: Calendar) -> bool:
    """Return whether any year from a to b has no official table for this calendar."""
    first, last = sorted((in_shanghai(a).year, in_shanghai(b).year))
    return any(calendar.year(number).is_provisional for number in range(first, last + 1))


def in_shanghai(at: dt.datetime) -> dt.datetime:
    """Return the instant in Beijing time; raise ValueError for a naive one."""
    if at.tzinfo is None:
        msg = "an aware date and time is needed"
        raise ValueError(msg)
    return at.astimezone(SHANGHAI)


def _time_of_day(local: dt.datetime) -> int:
    minutes = local.hour * 60 + local.minute
    return minutes * MICROSECONDS_PER_MINUTE + local.second * 1_000_000 + local.microsecond


def _compile(plan: WorkPlan, years: Mapping[int, YearTable], number: int) -> CompiledYear:
    official = _official_days(years, number) if plan.follows_public_holidays else {}
    first, beyond = dt.date(number, 1, 1).toordinal(), dt.date(number + 1, 1, 1).toordinal()
    windows = []
    worked = [0]
    for ordinal in range(first, beyond):
        today = _windows_on(dt.date.fromordinal(ordinal), plan, official)
        windows.append(today)
        worked.append(worked[-1] + sum(closes - opens for opens, closes in today))
    is_unlisted = plan.closures_through is not None and number > plan.closures_through
    is_missing = plan.follows_public_holidays and number not in years
    return CompiledYear(first, tuple(windows), tuple(worked), is_unlisted or is_missing)


def _official_days(years: Mapping[int, YearTable], number: int) -> dict[dt.date, DayKind]:
    """Return the kinds of a year's official days; a neighbour's announcement may add some."""
    official: dict[dt.date, DayKind] = {}
    for neighbour in (number - 1, number + 1, number):
        table = years.get(neighbour)
        if table is not None:
            official.update((day, DayKind.HOLIDAY) for day in table.days_off)
            official.update((day, DayKind.WORKDAY) for day in table.makeup_days)
    return official


def _windows_on(
    day: dt.date, plan: WorkPlan, official: Mapping[dt.date, DayKind]
) -> tuple[tuple[int, int], ...]:
    if plan.is_closed_on(day):
        return ()
    usual = DayKind.WEEKEND if day.weekday() >= SATURDAY else DayKind.WORKDAY
    windows = plan.hours_on(day).on(official.get(day, usual))
    return tuple(
        (window.opens * MICROSECONDS_PER_MINUTE, window.closes * MICROSECONDS_PER_MINUTE)
        for window in windows
    )
