"""Months in Beijing time. Pure."""

import datetime as dt

from crm_site.calendars.rules.working_time import SHANGHAI
from service.clocks.rules.rates import Period


def month_of(moment: dt.datetime) -> dt.date:
    """Return the first day of the month in which a moment lies."""
    return moment.astimezone(SHANGHAI).date().replace(day=1)


def after(month: dt.date, count: int = 1) -> dt.date:
    """Return the month so many later; earlier for a negative count."""
    number = month.year * 12 + month.month - 1 + count
    return dt.date(number // 12, number % 12 + 1, 1)


def begins(month: dt.date) -> dt.datetime:
    """Return the instant at which a month begins."""
    return dt.datetime(month.year, month.month, 1, tzinfo=SHANGHAI)


def period_of(month: dt.date, now: dt.datetime) -> Period:
    """Return the month as a period, seen from now."""
    return Period(begins(month), begins(after(month)), now)


def last_months(now: dt.datetime, count: int) -> list[dt.date]:
    """Return the last months, this one included, the earliest first."""
    return [after(month_of(now), -back) for back in reversed(range(count))]
