"""Windows, places, rates, steps and days: the decisions without a database."""

from datetime import date, datetime, timedelta

import pytest

from crm_site.calendars.rules.working_time import SHANGHAI
from marketing.messaging.rules.counting import Tally
from marketing.messaging.rules.flows import Fault, StepKind, birthdays_on, faults_of
from marketing.messaging.rules.texts import filled, lacking, places_of, unused
from marketing.messaging.rules.windows import Window, opens


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-19 12:00", "2026-05-20 10:00"),
        ("2026-05-20 09:30", "2026-05-20 10:00"),
        ("2026-05-20 12:34", "2026-05-20 12:34"),
        ("2026-05-20 18:00", "2026-05-21 10:00"),
        ("2026-05-21 17:59", "2026-05-21 17:59"),
        ("2026-05-21 18:00", None),
        ("2026-05-30 12:00", None),
    ],
)
def test_a_window_opens_by_day_and_hour(moment, expected):
    window = Window(at("2026-05-20 08:00"), at("2026-05-21 20:00"), 10, 18)
    assert opens(window, at(moment)) == (at(expected) if expected else None)


def test_an_open_end_in_the_middle_of_an_hour_counts():
    window = Window(at("2026-05-20 08:00"), at("2026-05-20 10:30"), 9, 20)
    assert opens(window, at("2026-05-20 10:29")) == at("2026-05-20 10:29")
    assert opens(window, at("2026-05-20 10:30")) is None
    assert opens(window, at("2026-05-20 10:30") + timedelta(days=1)) is None


def test_places_are_told_apart():
    found = places_of("{name}，{event}", "{event}{prize}{Prize}{")
    assert (found.personal, found.own) == (("name",), ("event", "prize"))
    assert found.broken == ("{Prize}", "{")
    assert lacking(["{event}{prize}"], {"event": " ", "prize": "x"}) == ["event"]
    assert unused(["{event}"], {"event": "x", "name": "y"}) == ["name"]
    assert filled("{name}好", {"name": "王"}) == "王好"
    with pytest.raises(LookupError, match="name"):
        filled("{name}好", {})


def test_rates_of_nobody_are_unknown():
    assert (Tally().delivery_rate, Tally().reply_rate) == (None, None)
    found = Tally(queued=5, sent=8, held=30, failed=2, replied=2)
    assert (found.recipients, found.delivery_rate, found.reply_rate) == (45, 80, 25)


@pytest.mark.parametrize(
    ("steps", "faults"),
    [
        ([], [Fault.EMPTY]),
        ([(1, StepKind.WAIT)], [Fault.NO_ACTION]),
        ([(1, StepKind.TASK), (2, StepKind.WAIT)], [Fault.WAITS_LAST]),
        ([(1, StepKind.WAIT), (3, StepKind.TASK)], [Fault.GAP]),
        ([(1, StepKind.WAIT), (2, StepKind.MESSAGE)], []),
    ],
)
def test_steps_must_end_in_doing_something(steps, faults):
    assert faults_of(steps) == faults


def test_leap_day_children_celebrate_each_year():
    assert birthdays_on(date(2026, 2, 28)) == [(2, 28), (2, 29)]
    assert birthdays_on(date(2028, 2, 28)) == [(2, 28)]
    assert birthdays_on(date(2028, 2, 29)) == [(2, 29)]
    assert birthdays_on(date(2026, 5, 20)) == [(5, 20)]
