"""Known due times, working minutes and workdays on the official Chinese calendar (PLT-43)."""

import datetime as dt
import re

import pytest

from crm_site.calendars.rules.clocks import ClockLimit, due_at
from crm_site.calendars.rules.plans import Hours, Window, WorkPlan
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.rules.working_time import (
    SHANGHAI,
    Calendar,
    add_working_time,
    is_workday,
    next_working_moment,
    workdays_in,
    working_time_between,
)
from crm_site.calendars.rules.years import library_year
from tests.golden.known_answers import known_answers

USUAL_HOURS = "9-18 straight"
MINUTE = dt.timedelta(minutes=1)
YEARS = {year: library_year(year) for year in range(2004, 2027)}


def calendar(working_hours=USUAL_HOURS, *, without=None):
    plan = WorkPlan(hours=Hours(workday=windows(working_hours)))
    return Calendar("golden", plan, {y: t for y, t in YEARS.items() if y != without})


def windows(words):
    """Return the windows of words like "9-12,13:30-18" or "8:30-17:30 lunch 12-13"."""
    work, _, lunch = words.partition("lunch")
    spans = ranges(work)
    for begins, ends in ranges(lunch):
        spans = [
            piece
            for opens, closes in spans
            for piece in ((opens, min(closes, begins)), (max(opens, ends), closes))
            if piece[0] < piece[1]
        ]
    return tuple(Window(*span) for span in spans)


def ranges(words):
    found = re.findall(r"(\d+)(?::(\d+))?-(\d+)(?::(\d+))?", words)
    return [(int(a) * 60 + int(b or 0), int(c) * 60 + int(d or 0)) for a, b, c, d in found]


def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def check_due(name, case):
    given, expected = case["input"], case["expected"]
    ours = calendar(given["working_hours"])
    logged_at, hours = moment(given["logged_at"]), dt.timedelta(hours=given["sla_business_hours"])
    due = add_working_time(logged_at, hours, ours)
    assert due.at == moment(expected["due_at"])
    assert due.is_provisional is False
    between = working_time_between(logged_at, due.at, ours)
    assert between / MINUTE == expected["business_minutes_between"]
    if "natural_hours_due" in expected:
        natural = due_at(logged_at, ClockLimit(Basis.NATURAL, hours), (), ours)
        assert natural.at == moment(expected["natural_hours_due"])
    if "natural_due_rolled_to_next_workday_opening" in expected:
        end = logged_at + hours
        rolled = end if is_workday(end.date(), ours) else next_working_moment(end, ours)
        assert rolled == moment(expected["natural_due_rolled_to_next_workday_opening"])


def check_elapsed(name, case):
    given, expected = case["input"], case["expected"]
    start, end = moment(given["from"]), moment(given["to"])
    worked = working_time_between(start, end, calendar(given["working_hours"]))
    assert worked / MINUTE == expected["business_minutes"]
    if "natural_minutes" in expected:
        assert (end - start) / MINUTE == expected["natural_minutes"]


def check_workdays(name, case):
    table = library_year(int(name))
    assert workdays_in(int(name), calendar()) == case["workdays"]
    worked = [day.isoformat() for day in table.working_weekend_days]
    assert worked == case["weekend_days_that_are_workdays"]
    assert len(table.weekdays_off) == case["weekdays_off"]


def check_missing_year(name, case):
    """The reading taken: fall back to Monday to Friday, marked provisional, never silently."""
    given = case["input"]
    logged_at = moment(given["logged_at"])
    amount = dt.timedelta(hours=given["sla_business_hours"])
    hours = given.get("working_hours", USUAL_HOURS)
    due = add_working_time(logged_at, amount, calendar(hours, without=logged_at.year))
    assert due.is_provisional is True
    weekly = Calendar("weekly", WorkPlan(Hours(windows(hours)), follows_public_holidays=False), {})
    assert due.at == add_working_time(logged_at, amount, weekly).at


@pytest.mark.parametrize(
    ("check", "name", "case"),
    known_answers(
        "sla_cn",
        {
            "cases": check_due,
            "elapsed": check_elapsed,
            "workday_counts": check_workdays,
            "missing_year": check_missing_year,
        },
    ),
)
def test_the_known_answer_is_found(check, name, case):
    check(name, case)
