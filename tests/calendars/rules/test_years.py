import datetime as dt
from itertools import pairwise

import pytest

from crm_site.calendars.builtin import LUNAR_NEW_YEAR
from crm_site.calendars.rules.years import (
    LIBRARY_VERSION,
    YearTableError,
    library_year,
    year_table,
)


def read(*rows, year=2027):
    days = [{"name": "x", "date": day, "isOffDay": is_off} for day, is_off in rows]
    return year_table(year=year, days=days, version=3, source="notice")


def test_the_table_that_comes_with_the_product_knows_2026():
    table = library_year(2026)
    assert table.version == LIBRARY_VERSION
    assert len(table.weekdays_off) == 19
    assert [day.isoformat() for day in table.working_weekend_days] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
    assert dt.date(2026, 2, 21) in table.days_off  # a Saturday inside the holiday


@pytest.mark.parametrize("year", [2003, 2040])
def test_a_year_that_the_product_does_not_know_has_no_table(year):
    assert library_year(year) is None


def test_announced_days_become_a_table():
    table = read(("2026-12-31", True), ("2027-01-01", True), ("2027-01-09", False))
    assert table.weekdays_off == [dt.date(2027, 1, 1)]
    assert table.working_weekend_days == [dt.date(2027, 1, 9)]
    assert dt.date(2026, 12, 31) in table.days_off
    assert (table.version, table.source) == (3, "notice")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "not announced yet"),
        ([("2027-01-09", False)], "not announced yet"),
        ([("2026-12-31", True)], "not announced yet"),
        ([("2027-01-01", True), ("2027-01-01", False)], "both as off and as worked"),
        ([("2025-01-01", True)], "not a day of this year"),
        ([("2027-02-29", True)], "is not a date"),
        ([("2027-01-01", "yes")], "needs date and isOffDay"),
        ([(None, True)], "needs date and isOffDay"),
    ],
)
def test_what_is_no_table_is_refused(rows, reason):
    with pytest.raises(YearTableError, match=reason):
        read(*rows)


@pytest.mark.parametrize("first", [day for day in LUNAR_NEW_YEAR if day.year <= 2026])
def test_the_lunar_new_year_is_an_official_day_off(first):
    table = library_year(first.year)
    assert {first, first + dt.timedelta(days=1), first + dt.timedelta(days=2)} <= table.days_off


def test_lunar_new_years_are_listed_once_a_year_and_whole_moons_apart():
    assert [day.year for day in LUNAR_NEW_YEAR] == list(range(2024, 2036))
    for earlier, later in pairwise(LUNAR_NEW_YEAR):
        moons = (later - earlier).days / 29.530588
        assert abs(moons - round(moons)) < 0.06
        assert round(moons) in (12, 13)
