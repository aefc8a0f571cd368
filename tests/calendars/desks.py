"""Calendars and moments that the calendar tests share."""

import datetime as dt

from crm_site.calendars.builtin import BUILTIN_PLANS
from crm_site.calendars.rules.plans import plan_from_json
from crm_site.calendars.rules.working_time import SHANGHAI, Calendar
from crm_site.calendars.rules.years import library_year

YEARS = {year: library_year(year) for year in range(2023, 2027)}
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


def at(text):
    """Return "2026-02-13 16:30" as an instant in Beijing time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def builtin(key, years=YEARS):
    """Return a built-in calendar on the given official years."""
    return Calendar(key, BUILTIN_PLANS[key], years)


def desk(*windows, years=YEARS, **plan):
    """Return a calendar that works on workdays in windows like "09:00-18:00"."""
    pairs = [window.split("-") for window in windows]
    return Calendar("desk", plan_from_json({"hours": {"workday": pairs}, **plan}), years)
