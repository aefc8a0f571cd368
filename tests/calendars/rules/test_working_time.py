import datetime as dt

import pytest

from crm_site.calendars.rules.plans import Hours, Window, WorkPlan
from crm_site.calendars.rules.working_time import (
    Calendar,
    NoWorkingTimeError,
    add_working_time,
    is_provisional_between,
    is_workday,
    is_working,
    last_working_moment_before,
    next_working_moment,
    workdays_in,
    working_time_between,
)
from crm_site.calendars.rules.years import year_table
from tests.calendars.desks import HOUR, MINUTE, SECOND, YEARS, at, builtin, desk

NINE_TO_FIVE = desk("09:00-17:00")
NINE_TO_SIX = desk("09:00-18:00")
LUNCH = builtin("service_desk")
ALL_DAY = desk("00:00-24:00")


@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("calendar", "start", "amount", "due"),
    [
        pytest.param(NINE_TO_FIVE, "2026-03-13 16:00", 2 * HOUR, "2026-03-16 10:00", id="weekend"),
        pytest.param(NINE_TO_FIVE, "2026-03-16 07:00", HOUR, "2026-03-16 10:00", id="early"),
        pytest.param(NINE_TO_FIVE, "2026-03-16 19:00", HOUR, "2026-03-17 10:00", id="late"),
        pytest.param(NINE_TO_FIVE, "2026-03-14 12:00", HOUR, "2026-03-16 10:00", id="closed day"),
        pytest.param(
            NINE_TO_FIVE, "2026-03-16 16:00", 10 * HOUR, "2026-03-18 10:00", id="three days"
        ),
        pytest.param(
            ALL_DAY, "2026-03-16 23:58", 2 * MINUTE, "2026-03-17 00:00", id="the day's last minute"
        ),
        pytest.param(
            ALL_DAY, "2026-03-16 23:59", 2 * MINUTE, "2026-03-17 00:01", id="over midnight"
        ),
        pytest.param(
            ALL_DAY, "2026-03-13 23:59", 2 * MINUTE, "2026-03-16 00:01", id="Friday midnight"
        ),
        pytest.param(
            NINE_TO_SIX, "2026-02-13 17:30", 24 * HOUR, "2026-02-25 14:30", id="Spring Festival"
        ),
        pytest.param(
            NINE_TO_SIX,
            "2026-02-14 17:59",
            2 * MINUTE,
            "2026-02-24 09:01",
            id="eve of the festival",
        ),
        pytest.param(
            NINE_TO_SIX, "2026-02-13 18:00", HOUR, "2026-02-14 10:00", id="make-up Saturday"
        ),
        pytest.param(
            NINE_TO_SIX, "2025-09-26 18:00", HOUR, "2025-09-28 10:00", id="make-up Sunday"
        ),
        pytest.param(NINE_TO_SIX, "2025-12-31 17:00", 4 * HOUR, "2026-01-04 12:00", id="New Year"),
        pytest.param(LUNCH, "2026-03-16 11:59", MINUTE, "2026-03-16 12:00", id="up to lunch"),
        pytest.param(LUNCH, "2026-03-16 11:59", 2 * MINUTE, "2026-03-16 13:31", id="over lunch"),
        pytest.param(
            LUNCH, "2026-03-16 12:45", MINUTE, "2026-03-16 13:31", id="in the lunch break"
        ),
        pytest.param(LUNCH, "2026-03-16 08:30", 8 * HOUR, "2026-03-16 18:00", id="a whole day"),
        pytest.param(
            LUNCH, "2026-03-16 08:30", 8 * HOUR + SECOND, "2026-03-17 08:30:01", id="a second more"
        ),
        pytest.param(LUNCH, "2026-03-14 10:00", 0 * HOUR, "2026-03-14 10:00", id="no time at all"),
    ],
)
def test_working_time_is_added(calendar, start, amount, due):
    result = add_working_time(at(start), amount, calendar)
    assert result.at == at(due)
    assert result.is_provisional is False


def test_another_time_zone_means_the_same_instant():
    utc = dt.datetime(2026, 2, 13, 9, 30, tzinfo=dt.UTC)
    due = add_working_time(utc, 24 * HOUR, NINE_TO_SIX)
    assert due.at == at("2026-02-25 14:30")
    assert due.at.utcoffset() == 8 * HOUR


def test_working_time_between_is_signed_and_crosses_years():
    start, end = at("2024-12-31 17:00"), at("2026-01-04 10:00")
    worked = working_time_between(start, end, NINE_TO_SIX)
    assert worked == HOUR + 248 * 9 * HOUR + HOUR
    assert working_time_between(end, start, NINE_TO_SIX) == -worked
    assert working_time_between(end, end, NINE_TO_SIX) == 0 * HOUR


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-03-16 08:29:59.999999", False),
        ("2026-03-16 08:30", True),
        ("2026-03-16 11:59:59", True),
        ("2026-03-16 12:00", False),
        ("2026-03-16 13:29:59", False),
        ("2026-03-16 13:30", True),
        ("2026-03-16 17:59:59", True),
        ("2026-03-16 18:00", False),
        ("2026-02-14 10:00", True),  # make-up Saturday
        ("2026-02-21 10:00", False),  # Saturday in the Spring Festival
        ("2026-02-23 10:00", False),  # Monday off
        ("2026-02-24 10:00", True),
    ],
)
def test_the_service_desk_works(moment, works):
    assert is_working(at(moment), LUNCH) is works


@pytest.mark.parametrize(
    ("moment", "staffed"),
    [
        ("2026-01-15 17:29", True),
        ("2026-01-15 17:45", False),
        ("2026-07-15 17:45", True),
        ("2026-07-15 18:00", False),
        ("2026-04-30 17:30", False),
        ("2026-05-01 17:30", True),
        ("2026-09-30 17:30", True),
        ("2026-10-01 17:30", False),
        ("2026-10-04 09:00", True),  # a Sunday in the National Day holiday
        ("2026-01-15 08:59", False),
    ],
)
def test_the_hotline_is_staffed_by_season(moment, staffed):
    assert is_working(at(moment), builtin("hotline")) is staffed


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-15", True),
        ("2026-02-16", False),  # New Year's eve
        ("2026-02-19", False),  # third day
        ("2026-02-20", True),
        ("2026-10-01", True),
        ("2026-03-14", True),
        ("2024-02-09", False),
        ("2024-02-13", True),
    ],
)
def test_the_sales_office_closes_for_the_spring_festival_only(day, works):
    assert is_workday(dt.date.fromisoformat(day), builtin("sales_office")) is works


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("2026-03-16 10:00", "2026-03-16 10:00", "2026-03-16 10:00"),
        ("2026-03-16 12:00", "2026-03-16 12:00", "2026-03-16 13:30"),
        ("2026-03-16 13:00", "2026-03-16 12:00", "2026-03-16 13:30"),
        ("2026-03-16 13:30", "2026-03-16 13:30", "2026-03-16 13:30"),
        ("2026-03-16 18:00", "2026-03-16 18:00", "2026-03-17 08:30"),
        ("2026-03-16 22:00", "2026-03-16 18:00", "2026-03-17 08:30"),
        ("2026-03-16 07:00", "2026-03-13 18:00", "2026-03-16 08:30"),
        ("2026-02-19 12:00", "2026-02-14 18:00", "2026-02-24 08:30"),
        ("2026-01-02 12:00", "2025-12-31 18:00", "2026-01-04 08:30"),
        ("2025-12-31 20:00", "2025-12-31 18:00", "2026-01-04 08:30"),
    ],
)
def test_the_nearest_working_moments_are_found(moment, before, after):
    assert last_working_moment_before(at(moment), LUNCH) == at(before)
    assert next_working_moment(at(moment), LUNCH) == at(after)


@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("start", "amount", "due", "is_provisional"),
    [
        ("2026-12-31 17:00", HOUR, "2026-12-31 18:00", False),
        ("2026-12-31 17:00", HOUR + SECOND, "2027-01-01 09:00:01", True),
        ("2027-02-05 17:00", 2 * HOUR, "2027-02-08 10:00", True),
        ("2022-12-30 17:00", 2 * HOUR, "2023-01-03 10:00", True),
    ],
)
def test_a_year_without_a_table_counts_mon_to_fri_and_is_provisional(
    start, amount, due, is_provisional
):
    assert add_working_time(at(start), amount, NINE_TO_SIX) == (at(due), is_provisional)


def test_a_span_over_a_missing_year_is_provisional():
    calendar = desk("09:00-18:00", years={2024: YEARS[2024], 2026: YEARS[2026]})
    assert add_working_time(at("2024-12-31 09:00"), 2500 * HOUR, calendar).is_provisional is True
    assert is_provisional_between(at("2024-06-01 00:00"), at("2026-06-01 00:00"), calendar) is True
    assert is_provisional_between(at("2026-06-01 00:00"), at("2026-07-01 00:00"), calendar) is False


def test_a_desk_that_ignores_public_holidays_needs_no_table():
    plan = WorkPlan(Hours(workday=(Window(540, 1080),)), follows_public_holidays=False)
    calendar = Calendar("weekly", plan, {})
    assert add_working_time(at("2027-10-01 09:00"), HOUR, calendar) == (
        at("2027-10-01 10:00"),
        False,
    )


def test_the_sales_office_is_provisional_beyond_the_listed_festivals():
    calendar = builtin("sales_office", years={})
    assert add_working_time(at("2035-06-01 09:00"), HOUR, calendar).is_provisional is False
    assert add_working_time(at("2036-06-01 09:00"), HOUR, calendar).is_provisional is True


def test_an_announcement_may_name_days_of_the_december_before():
    rows = [
        {"date": "2022-12-30", "isOffDay": True},
        {"date": "2022-12-31", "isOffDay": False},
        {"date": "2023-01-02", "isOffDay": True},
    ]
    table = year_table(year=2023, days=rows, version=1, source="test")
    calendar = desk("09:00-18:00", years={2023: table})
    due = add_working_time(at("2022-12-29 17:00"), 2 * HOUR, calendar)
    assert due == (at("2022-12-31 10:00"), True)


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_workdays_of_a_year_are_counted(year, days):
    assert workdays_in(year, LUNCH) == days


def test_a_holiday_may_have_its_own_hours():
    plan = WorkPlan(Hours(workday=(Window(540, 1080),), holiday=(Window(600, 720),)))
    calendar = Calendar("duty", plan, YEARS)
    assert add_working_time(at("2026-10-01 09:00"), 3 * HOUR, calendar).at == at("2026-10-02 11:00")
    assert is_workday(dt.date(2026, 10, 11), calendar) is False  # an ordinary Sunday


def test_a_plan_without_work_is_refused_not_searched_for_ever():
    never = Calendar("never", WorkPlan(Hours(workday=())), YEARS)
    for question in (last_working_moment_before, next_working_moment):
        with pytest.raises(NoWorkingTimeError, match="never"):
            question(at("2026-03-16 10:00"), never)
    with pytest.raises(NoWorkingTimeError, match="never"):
        add_working_time(at("2026-03-16 10:00"), HOUR, never)


def test_naive_and_negative_input_is_refused():
    with pytest.raises(ValueError, match="aware"):
        add_working_time(dt.datetime(2026, 3, 16, 10), HOUR, LUNCH)
    with pytest.raises(ValueError, match="negative"):
        add_working_time(at("2026-03-16 10:00"), -HOUR, LUNCH)
