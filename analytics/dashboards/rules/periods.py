"""The periods a dashboard is read for: a rule or two days, what they are compared with. Pure.

Every period ends with today, so that the one before it, of equal length, is as far along.
"""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from analytics.kpis.kinds import DAY, LATEST, Period

POINTS: Final = 12
WEEK: Final = dt.timedelta(days=7)
LONGEST: Final = 3 * 366  # days


class PeriodRule(StrEnum):
    """From when a period that ends today reaches, or ``own`` for two days one names."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWN = "own"


class Compare(StrEnum):
    """What a period is held against."""

    BEFORE = "before"
    YEAR = "year"


def week_of(day: dt.date) -> dt.date:
    """Return the Monday of the week."""
    return day - dt.timedelta(days=day.weekday())


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month."""
    return day.replace(day=1)


def quarter_of(day: dt.date) -> dt.date:
    """Return the first day of the quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def year_of(day: dt.date) -> dt.date:
    """Return the first day of the year."""
    return day.replace(month=1, day=1)


STARTS: Final[dict[PeriodRule, Callable[[dt.date], dt.date]]] = {
    PeriodRule.WEEK: week_of,
    PeriodRule.MONTH: month_of,
    PeriodRule.QUARTER: quarter_of,
    PeriodRule.YEAR: year_of,
}


def period_of(rule: PeriodRule, today: dt.date) -> Period:
    """Return the days from the start of the rule's unit to today; for ``own`` the month."""
    return Period(STARTS.get(rule, month_of)(today), today + DAY)


def own_period(start: dt.date | None, last: dt.date | None, today: dt.date) -> Period | None:
    """Return the days from ``start`` to ``last``, both within; None for what is no period.

    It begins before it ends, not in the future, and is not longer than three years.
    """
    if start is None or last is None or start > last or start > today:
        return None
    if (last - start).days >= LONGEST:
        return None
    found = Period(start, min(last, LATEST) + DAY)
    return found if found.is_plausible else None


def points_of(rule: PeriodRule, period: Period) -> list[Period]:
    """Return the twelve periods of a trend, the last one being or ending with ``period``.

    Weeks, months and quarters are whole ones up to the last; a year is told by its months; own
    days by periods of the same length.
    """
    if rule is PeriodRule.OWN:
        return _chain(period)
    unit = month_of if rule is PeriodRule.YEAR else STARTS[rule]
    start, end = unit(period.last_day), period.end
    found = [Period(start, end)]
    while len(found) < POINTS:
        end, start = start, unit(start - DAY)
        found.append(Period(start, end))
    return found[::-1]


def weeks_until(period: Period, count: int = POINTS) -> list[Period]:
    """Return the last weeks of a period, from Monday, the last one as far as it goes."""
    return points_of(PeriodRule.WEEK, period)[-count:]


def months_until(period: Period, count: int = POINTS) -> list[Period]:
    """Return the last months of a period, the last one as far as it goes."""
    return points_of(PeriodRule.MONTH, period)[-count:]


def compared(period: Period, compare: Compare) -> Period:
    """Return what a period is held against, always of equal length."""
    return period.year_ago() if compare is Compare.YEAR else period.before()


def week_label(period: Period) -> str:
    """Return the ISO week of a period: W20."""
    return f"W{period.start.isocalendar().week:02d}"


def _chain(period: Period) -> list[Period]:
    found = [period]
    while len(found) < POINTS:
        found.append(found[-1].before())
    return found[::-1]
