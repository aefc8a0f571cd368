"""Days of the Chinese lunar calendar 农历 from 2020 to 2049. Pure.

Each number of the table is one lunar year: the last four bits name its leap month (0: none), the
twelve bits before them the months of 30 days from the first on, bit 16 that of the leap month.
"""

import datetime as dt
from typing import Final

FIRST_YEAR: Final = 2020
NEW_YEAR: Final = dt.date(2020, 1, 25)
# fmt: off
YEARS: Final = (
    0x07954, 0x06AA0, 0x0AD50, 0x05B52, 0x04B60, 0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530,
    0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6, 0x0D250, 0x0D520, 0x0DD45,
    0x0B5A0, 0x056D0, 0x055B2, 0x049B0, 0x0A577, 0x0A4B0, 0x0AA50, 0x1B255, 0x06D20, 0x0ADA0,
)
# fmt: on
LAST_YEAR: Final = FIRST_YEAR + len(YEARS) - 1


class NoLunarYearError(ValueError):
    """The year lies outside the table."""


def months_of(year: int) -> list[tuple[int, bool, int]]:
    """Return (month, whether it is the leap one, days) of a lunar year, in their order.

    Raise NoLunarYearError outside the table.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoLunarYearError(year)
    info = YEARS[year - FIRST_YEAR]
    leap, found = info & 0xF, []
    for month in range(1, 13):
        found.append((month, False, 30 if info & (0x10000 >> month) else 29))
        if month == leap:
            found.append((month, True, 30 if info & 0x10000 else 29))
    return found


def new_year_of(year: int) -> dt.date:
    """Return the Spring Festival that begins the lunar year; raise NoLunarYearError."""
    days = sum(length for each in range(FIRST_YEAR, year) for _m, _l, length in months_of(each))
    months_of(year)
    return NEW_YEAR + dt.timedelta(days=days)


def solar_day(year: int, month: int, day: int) -> dt.date:
    """Return the solar day of a day of the lunar year; the 30th of a short month is its 29th.

    A leap month is left out: a birthday is kept in the month of its name.
    """
    at = new_year_of(year)
    for each, is_leap, length in months_of(year):
        if each == month and not is_leap:
            return at + dt.timedelta(days=min(day, length) - 1)
        at += dt.timedelta(days=length)
    raise NoLunarYearError(month)


def lunar_day(day: dt.date) -> tuple[int, int, int]:
    """Return (lunar year, month, day) of a solar day; days of a leap month count as none (0).

    Raise NoLunarYearError outside the table.
    """
    year = day.year if day >= new_year_of(day.year) else day.year - 1
    at = new_year_of(year)
    for month, is_leap, length in months_of(year):
        if day < at + dt.timedelta(days=length):
            return (year, 0 if is_leap else month, (day - at).days + 1)
        at += dt.timedelta(days=length)
    raise NoLunarYearError(year)


def is_last_of_month(day: dt.date) -> bool:
    """Return whether the lunar month of ``day`` has 29 days and this is its last."""
    year, month, number = lunar_day(day)
    return (month, False, 29) in months_of(year) and number == 29
