"""Time limits counted minute by minute, with no arithmetic shared with the product."""

import datetime as dt
from functools import lru_cache

import chinese_calendar

from crm_site.calendars.rules.plans import Hours, Season, Window, WorkPlan
from crm_site.calendars.rules.working_time import SHANGHAI, Calendar
from crm_site.calendars.rules.years import library_year

MINUTE = dt.timedelta(minutes=1)
YEARS = {year: library_year(year) for year in range(2023, 2027)}
# Two windows a day, shorter afternoons in winter: lunch, seasons and holidays all matter.
PLAN = WorkPlan(
    hours=Hours(workday=(Window(9 * 60, 12 * 60), Window(13 * 60 + 30, 17 * 60 + 30))),
    seasons=(
        Season(
            "summer",
            (5, 1),
            (9, 30),
            Hours(workday=(Window(9 * 60, 12 * 60), Window(13 * 60 + 30, 18 * 60))),
        ),
    ),
)
CALENDAR = Calendar("desk", PLAN, YEARS)


def at(text):
    """Return "2026-02-13 16:30" as an instant in Beijing time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@lru_cache(maxsize=4000)
def windows_of(day, extra_off=frozenset()):
    """Return the minutes of the day at which the desk works, straight from the library."""
    if day in extra_off or chinese_calendar.is_holiday(day):
        return frozenset()
    closes = 18 * 60 if (5, 1) <= (day.month, day.day) <= (9, 30) else 17 * 60 + 30
    return frozenset([*range(9 * 60, 12 * 60), *range(13 * 60 + 30, closes)])


def works(moment, extra_off=frozenset()):
    """Return whether the minute that begins at the moment is worked."""
    return moment.hour * 60 + moment.minute in windows_of(moment.date(), extra_off)


def is_paused(moment, pauses):
    """Return whether the minute lies in a pause."""
    return any(start <= moment < end for start, end in pauses)


def walk(start, minutes, *, natural=False, pauses=(), extra_off=frozenset()):
    """Return the first minute by which so many counted minutes have passed since the start."""
    moment = start
    while minutes:
        if (natural or works(moment, extra_off)) and not is_paused(moment, pauses):
            minutes -= 1
        moment += MINUTE
    return moment


def count(start, end, *, natural=False, pauses=()):
    """Return how many minutes from start to end count."""
    moment, counted = start, 0
    while moment < end:
        counted += (natural or works(moment)) and not is_paused(moment, pauses)
        moment += MINUTE
    return counted
