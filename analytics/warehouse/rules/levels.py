"""Levels of time: the days a value of each holds. Pure."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def begin_of(level: str, day: date) -> date:
    """Return the first day of the week, month … that ``day`` lies in; weeks begin on Monday."""
    if level == "day":
        return day
    if level == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[level]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def days_of(level: str, first: date) -> tuple[date, date]:
    """Return the days ``[start, end)`` of the value of a level that ``first`` lies in."""
    start = begin_of(level, first)
    if level in {"day", "week"}:
        return start, start + timedelta(days=7 if level == "week" else 1)
    last = start.month + MONTHS[level] - 1
    end = date(start.year, last, monthrange(start.year, last)[1]) + timedelta(days=1)
    return start, end
