"""On which day a festival falls, and which birthdays are kept today. Pure."""

import datetime as dt
from typing import Final

from customers.rules.birthdays import days_of
from service.care.rules.lunar import is_last_of_month, lunar_day, solar_day

# festival -> (lunar, month, day)
FESTIVALS: Final = {
    "new_year": (False, 1, 1),
    "spring": (True, 1, 1),
    "lantern": (True, 1, 15),
    "dragon_boat": (True, 5, 5),
    "mid_autumn": (True, 8, 15),
    "double_ninth": (True, 9, 9),
    "national": (False, 10, 1),
}


def festival_day(festival: str, year: int) -> dt.date:
    """Return the day of a festival in ``year``; the lunar ones by the lunar year of that name.

    Raise KeyError for an unknown one, NoLunarYearError outside the table of lunar years.
    """
    is_lunar, month, day = FESTIVALS[festival]
    return solar_day(year, month, day) if is_lunar else dt.date(year, month, day)


def festivals_on(day: dt.date) -> list[str]:
    """Return the festivals that fall on ``day``."""
    return [each for each in FESTIVALS if festival_day(each, day.year) == day]


def solar_birthdays(day: dt.date) -> list[tuple[int, int]]:
    """Return (month, day) of the solar birthdays kept on ``day``, 29 February among them."""
    return days_of(day, 0)


def lunar_birthdays(day: dt.date) -> list[tuple[int, int]]:
    """Return (month, day) of the lunar birthdays kept on ``day``.

    The 30th is kept on the 29th of a short month; nothing is kept in a leap month.
    """
    _year, month, number = lunar_day(day)
    if not month:
        return []
    return [(month, number), *([(month, 30)] if is_last_of_month(day) else [])]
