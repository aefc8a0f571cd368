"""Which days of a year are officially off or made up. Pure: tables in, tables out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import chinese_calendar

LIBRARY_VERSION = 0  # any loaded table is newer than the one that comes with the product
SATURDAY = 5


class YearTableError(ValueError):
    """The days are not the official table of the year; the message says why."""


@dataclass(frozen=True, slots=True)
class YearTable:
    """The official days of one year: off (weekends inside a holiday too) and made up (调休).

    An announcement may name days of the December before or the January after; they are kept here
    and count for the year they lie in, unless that year's own table says otherwise.
    """

    year: int
    days_off: frozenset[dt.date]
    makeup_days: frozenset[dt.date]
    version: int
    source: str

    @property
    def weekdays_off(self) -> list[dt.date]:
        """Return the days from Monday to Friday of this year that are off, in order."""
        return sorted(
            day for day in self.days_off if day.year == self.year and day.weekday() < SATURDAY
        )

    @property
    def working_weekend_days(self) -> list[dt.date]:
        """Return the Saturdays and Sundays of this year that are worked, in order."""
        return sorted(
            day for day in self.makeup_days if day.year == self.year and day.weekday() >= SATURDAY
        )


def year_table(
    *, year: int, days: Iterable[Mapping[str, object]], version: int, source: str
) -> YearTable:
    """Return the table that announced days describe: ``{"name", "date", "isOffDay"}`` each.

    Raise YearTableError if there is no day (the year is not announced yet), a day is malformed,
    belongs to no neighbouring year, or is said to be both off and worked.
    """
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    for row in days:
        day, is_off = _announced_day(row, year)
        (off if is_off else worked).add(day)
    if not any(day.year == year for day in off):
        msg = f"{year}: no day off is listed; the year is not announced yet"
        raise YearTableError(msg)
    if off & worked:
        msg = f"{year}: {min(off & worked)} is listed both as off and as worked"
        raise YearTableError(msg)
    return YearTable(year, frozenset(off), frozenset(worked), version, source)


def _announced_day(row: Mapping[str, object], year: int) -> tuple[dt.date, bool]:
    text, is_off = row.get("date"), row.get("isOffDay")
    if not isinstance(text, str) or not isinstance(is_off, bool):
        msg = f"{year}: a day needs date and isOffDay"
        raise YearTableError(msg)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        msg = f"{year}: {text} is not a date"
        raise YearTableError(msg) from error
    if abs(day.year - year) > 1:
        msg = f"{year}: {text} is not a day of this year"
        raise YearTableError(msg)
    return day, is_off


@lru_cache(maxsize=64)
def library_year(year: int) -> YearTable | None:
    """Return the official Chinese table that comes with the product, or None if it knows none."""
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    for ordinal in range(dt.date(year, 1, 1).toordinal(), dt.date(year + 1, 1, 1).toordinal()):
        day = dt.date.fromordinal(ordinal)
        try:
            is_off, holiday = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return None
        if is_off and holiday:
            off.add(day)
        elif not is_off and day.weekday() >= SATURDAY:
            worked.add(day)
    return YearTable(
        year, frozenset(off), frozenset(worked), LIBRARY_VERSION, f"chinesecalendar {year}"
    )
