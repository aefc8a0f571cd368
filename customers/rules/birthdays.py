"""When somebody's next birthday is, in the solar calendar (公历). Pure."""

import datetime as dt
from calendar import isleap
from dataclasses import dataclass

LEAP_DAY = (2, 29)
INSTEAD = (2, 28)


@dataclass(frozen=True, slots=True)
class Birthday:
    """The day on which it is kept and the age then reached."""

    on: dt.date
    age: int


def days_of(start: dt.date, ahead: int) -> list[tuple[int, int]]:
    """Return (month, day) of birthdays kept from ``start`` to ``ahead`` days later, both included.

    Who was born on 29 February keeps the 28th in common years.
    """
    days = [start + dt.timedelta(days=number) for number in range(ahead + 1)]
    found = [(day.month, day.day) for day in days]
    if any((day.month, day.day) == INSTEAD and not isleap(day.year) for day in days):
        found.append(LEAP_DAY)
    return found


def next_birthday(born: dt.date, today: dt.date) -> Birthday:
    """Return the first birthday of somebody born on ``born`` that is not before ``today``."""
    on = _kept_in(born, today.year)
    if on < today:
        on = _kept_in(born, today.year + 1)
    return Birthday(on, on.year - born.year)


def _kept_in(born: dt.date, year: int) -> dt.date:
    if (born.month, born.day) == LEAP_DAY and not isleap(year):
        return dt.date(year, *INSTEAD)
    return born.replace(year=year)
