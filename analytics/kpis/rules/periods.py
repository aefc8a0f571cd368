"""Months, quarters and years as periods. Pure."""

import datetime as dt
from collections.abc import Iterator

from analytics.kpis.kinds import Period


def month_after(day: dt.date, count: int = 1) -> dt.date:
    """Return the first day of the month so many after that of a day; before for negative ones."""
    number = day.year * 12 + day.month - 1 + count
    return dt.date(number // 12, number % 12 + 1, 1)


def month_of(day: dt.date) -> Period:
    """Return the month a day lies in."""
    return Period(day.replace(day=1), month_after(day))


def quarter_of(day: dt.date) -> Period:
    """Return the quarter a day lies in."""
    start = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(start, month_after(start, 3))


def year_of(day: dt.date) -> Period:
    """Return the year a day lies in."""
    return Period(dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1))


def last_months(day: dt.date, count: int) -> list[Period]:
    """Return so many months up to that of a day, the earliest first."""
    return [month_of(month_after(day, -back)) for back in reversed(range(count))]


def between(start: dt.date, end: dt.date) -> Iterator[Period]:
    """Return the months, quarters and years that lie wholly from ``start`` to before ``end``."""
    for of in (month_of, quarter_of, year_of):
        period = of(start)
        while period.end <= end:
            if period.start >= start:
                yield period
            period = of(period.end)
