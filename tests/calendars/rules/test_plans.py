import datetime as dt

import pytest

from crm_site.calendars.rules.plans import (
    Closure,
    Hours,
    PlanError,
    Season,
    Window,
    WorkPlan,
    plan_from_json,
)

DAY = Hours(workday=(Window(540, 1080),))


def test_a_plan_is_read_from_json():
    plan = plan_from_json(
        {
            "hours": {"workday": [["08:30", "12:00"], ["13:30", "24:00"]], "weekend": []},
            "follows_public_holidays": False,
            "seasons": [
                {
                    "name": "winter",
                    "from": "11-15",
                    "to": "03-15",
                    "hours": {"workday": [["09:00", "17:30"]]},
                }
            ],
            "closures": [{"name": "move", "from": "2026-06-01", "to": "2026-06-02"}],
            "closures_through": 2030,
        }
    )
    assert plan == WorkPlan(
        hours=Hours(workday=(Window(510, 720), Window(810, 1440))),
        follows_public_holidays=False,
        seasons=(Season("winter", (11, 15), (3, 15), Hours(workday=(Window(540, 1050),))),),
        closures=(Closure("move", dt.date(2026, 6, 1), dt.date(2026, 6, 2)),),
        closures_through=2030,
    )


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        ("2026-11-14", False),
        ("2026-11-15", True),
        ("2026-12-31", True),
        ("2026-01-01", True),
        ("2026-03-15", True),
        ("2026-03-16", False),
    ],
)
def test_a_season_may_run_over_new_year(day, covered):
    season = Season("winter", (11, 15), (3, 15), DAY)
    assert season.covers(dt.date.fromisoformat(day)) is covered


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ([], "plan: an object"),
        ({}, "plan.hours: an object"),
        ({"hours": {"workday": "9-18"}}, "plan.hours.workday: a list"),
        ({"hours": {"workday": [["09:00"]]}}, "a window is a pair"),
        ({"hours": {"workday": [["9", "18:00"]]}}, "a time like 09:00"),
        ({"hours": {"workday": [["09:60", "18:00"]]}}, "a time like 09:00"),
        ({"hours": {"workday": [[9, 18]]}}, "a time like 09:00"),
        ({"hours": {"workday": [["18:00", "09:00"]]}}, "must open before it closes"),
        ({"hours": {"workday": [["09:00", "09:00"]]}}, "must open before it closes"),
        ({"hours": {"workday": [["09:00", "24:01"]]}}, "must open before it closes"),
        ({"hours": {"workday": [["09:00", "12:00"], ["11:59", "18:00"]]}}, "must not overlap"),
        ({"hours": {"workday": [["13:00", "18:00"], ["09:00", "12:00"]]}}, "must be in order"),
        ({"hours": {"monday": []}}, "unknown key monday"),
        ({"hours": {}, "lunch": True}, "unknown key lunch"),
        ({"hours": {}, "follows_public_holidays": "no"}, "true or false"),
        ({"hours": {}, "closures_through": "2030"}, "a year is expected"),
        ({"hours": {}, "closures": [{"from": "2026-01-01", "to": "2026-01-02"}]}, "name: a text"),
        (
            {"hours": {}, "closures": [{"name": "x", "from": "2026-02-30", "to": "2026-03-01"}]},
            "from: a date like",
        ),
        (
            {"hours": {}, "closures": [{"name": "x", "from": "2026-02-03", "to": "2026-02-02"}]},
            "the last day is before the first",
        ),
        (
            {"hours": {}, "seasons": [{"name": "x", "from": "0501", "to": "09-30", "hours": {}}]},
            "a day of the year like",
        ),
        (
            {"hours": {}, "seasons": [{"name": "x", "from": "02-30", "to": "09-30", "hours": {}}]},
            "02-30 is not a day",
        ),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(payload, reason):
    with pytest.raises(PlanError, match=reason):
        plan_from_json(payload)


def test_touching_windows_are_allowed():
    hours = Hours(workday=(Window(540, 720), Window(720, 1080)))
    assert hours.workday[0].closes == hours.workday[1].opens
