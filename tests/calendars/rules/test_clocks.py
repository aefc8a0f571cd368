import datetime as dt
from dataclasses import replace

import pytest

from crm_site.calendars.rules.clocks import (
    Clock,
    ClockLimit,
    ClockTransitionError,
    Pause,
    breach,
    cancel,
    due_at,
    is_in_time,
    meet,
    next_reminder,
    pause,
    recompute,
    reminders,
    reopen,
    resume,
    start,
)
from crm_site.calendars.rules.states import Basis, ClockState
from crm_site.calendars.rules.years import year_table
from tests.calendars.desks import HOUR, MINUTE, YEARS, at, builtin, desk

DESK = desk("09:00-18:00")
DAY_LIMIT = ClockLimit(Basis.NATURAL, 24 * HOUR)
FOUR_HOURS = ClockLimit(Basis.WORKING, 4 * HOUR)
MONDAY = at("2026-03-16 10:00")


def pauses(*pairs):
    return tuple(Pause(at(a), at(b)) for a, b in pairs)


@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("limit", "started", "stood", "due"),
    [
        pytest.param(DAY_LIMIT, "2026-02-14 17:00", (), "2026-02-15 17:00", id="natural"),
        pytest.param(FOUR_HOURS, "2026-02-14 17:00", (), "2026-02-24 12:00", id="working"),
        pytest.param(
            DAY_LIMIT,
            "2026-03-16 10:00",
            pauses(("2026-03-16 12:00", "2026-03-18 12:00")),
            "2026-03-19 10:00",
            id="natural, two days stood",
        ),
        pytest.param(
            FOUR_HOURS,
            "2026-03-16 10:00",
            pauses(("2026-03-16 12:00", "2026-03-18 20:00")),
            "2026-03-19 11:00",
            id="working, resumed at night",
        ),
        pytest.param(
            FOUR_HOURS,
            "2026-03-16 17:00",
            pauses(("2026-03-16 19:00", "2026-03-17 08:00")),
            "2026-03-17 12:00",
            id="working, stood only at night",
        ),
        pytest.param(
            FOUR_HOURS,
            "2026-03-16 10:00",
            pauses(
                ("2026-03-16 11:00", "2026-03-16 12:00"),
                ("2026-03-16 13:00", "2026-03-16 13:30"),
            ),
            "2026-03-16 15:30",
            id="working, twice",
        ),
        pytest.param(
            FOUR_HOURS,
            "2026-03-16 10:00",
            pauses(("2026-03-16 14:00", "2026-03-16 15:00")),
            "2026-03-16 14:00",
            id="stood at the due time: too late to move it",
        ),
        pytest.param(
            FOUR_HOURS,
            "2026-03-16 10:00",
            pauses(("2026-03-16 13:59", "2026-03-16 15:00")),
            "2026-03-16 15:01",
            id="stood a minute before",
        ),
    ],
)
def test_a_limit_ends_at(limit, started, stood, due):
    assert due_at(at(started), limit, stood, DESK) == (at(due), False)


def test_a_working_limit_over_a_missing_year_is_provisional_also_through_its_pauses():
    stood = (Pause(at("2027-01-04 10:00"), at("2027-01-04 11:00")),)
    known_only_later = desk("09:00-18:00", years={2028: YEARS[2026]})
    assert due_at(at("2027-01-04 09:00"), FOUR_HOURS, stood, DESK).is_provisional is True
    long_stood = (Pause(at("2027-12-31 17:00"), at("2028-01-03 09:00")),)
    due = due_at(at("2027-12-31 16:00"), FOUR_HOURS, long_stood, known_only_later)
    assert due == (at("2028-01-03 12:00"), True)
    assert due_at(at("2027-01-04 09:00"), DAY_LIMIT, stood, DESK).is_provisional is False


@pytest.mark.parametrize(
    "stood",
    [
        pauses(("2026-03-16 09:00", "2026-03-16 11:00")),
        pauses(("2026-03-16 11:00", "2026-03-16 10:30")),
        pauses(("2026-03-16 11:00", "2026-03-16 12:00"), ("2026-03-16 11:30", "2026-03-16 13:00")),
    ],
)
def test_pauses_out_of_order_are_refused(stood):
    with pytest.raises(ValueError, match="in order"):
        due_at(MONDAY, FOUR_HOURS, stood, DESK)


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(ValueError, match="longer than nothing"):
        ClockLimit(Basis.NATURAL, dt.timedelta(0))


@pytest.mark.parametrize(
    ("limit", "started", "moments"),
    [
        pytest.param(
            ClockLimit(Basis.WORKING, 10 * HOUR),
            "2026-03-16 09:00",
            ["2026-03-16 14:00", "2026-03-16 17:00", "2026-03-17 10:00"],
            id="working",
        ),
        pytest.param(
            DAY_LIMIT,
            "2026-03-16 10:00",
            ["2026-03-16 18:00", "2026-03-16 18:00", "2026-03-17 10:00"],
            id="22:00 and 05:12 move to the closing before",
        ),
        pytest.param(
            ClockLimit(Basis.NATURAL, 72 * HOUR),
            "2026-02-13 15:00",
            ["2026-02-14 18:00", "2026-02-14 18:00", "2026-02-14 18:00"],
            id="all moments in the Spring Festival move before it",
        ),
        pytest.param(
            DAY_LIMIT,
            "2026-03-14 10:00",
            ["2026-03-14 10:00", "2026-03-14 10:00", "2026-03-14 10:00"],
            id="received on a closed day: never before the start",
        ),
        pytest.param(
            ClockLimit(Basis.NATURAL, 16 * HOUR),
            "2026-03-16 10:00",
            ["2026-03-16 18:00", "2026-03-16 18:00", "2026-03-16 18:00"],
            id="exactly at closing stays, as the later ones come there",
        ),
        pytest.param(
            ClockLimit(Basis.NATURAL, 46 * HOUR),
            "2026-03-16 10:00",
            ["2026-03-17 09:00", "2026-03-17 18:00", "2026-03-17 18:00"],
            id="exactly at opening stays",
        ),
    ],
)
def test_reminders_move_earlier_into_working_time(limit, started, moments):
    steps = reminders(at(started), limit, (), DESK)
    assert [step.at for step in steps] == [at(moment) for moment in moments]
    assert [step.percent for step in steps] == [50, 80, 100]
    assert due_at(at(started), limit, (), DESK).at >= steps[-1].at


def test_reminders_wait_for_a_pause_to_end():
    stood = pauses(("2026-03-16 11:00", "2026-03-17 11:00"))
    steps = reminders(MONDAY, FOUR_HOURS, stood, DESK, (100, 50))
    assert [(step.percent, step.at) for step in steps] == [
        (50, at("2026-03-17 12:00")),
        (100, at("2026-03-17 14:00")),
    ]


def test_the_next_reminder_is_the_one_not_fired_yet():
    steps = reminders(at("2026-03-16 09:00"), FOUR_HOURS, (), DESK)
    moments = [next_reminder(steps, fired) for fired in range(4)]
    assert moments == [at("2026-03-16 11:00"), at("2026-03-16 12:12"), at("2026-03-16 13:00"), None]


@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("after", "state", "is_late"),
    [
        (23 * HOUR + 59 * MINUTE, ClockState.MET, False),
        (24 * HOUR, ClockState.MET, False),
        (24 * HOUR + dt.timedelta(microseconds=1), ClockState.MET, True),
        (24 * HOUR + MINUTE, ClockState.MET, True),
    ],
)
def test_at_the_limit_is_in_time_and_after_it_is_breached(after, state, is_late):
    clock = start(started_at=MONDAY, limit=DAY_LIMIT, calendar=DESK)
    met = meet(clock, at=MONDAY + after)
    assert (met.state, met.met_at) == (state, MONDAY + after)
    assert met.breached_at == (MONDAY + 24 * HOUR if is_late else None)
    assert is_in_time(MONDAY + after, clock.due.at) is not is_late


def test_a_running_clock_is_breached_only_after_its_due_time():
    clock = start(started_at=MONDAY, limit=DAY_LIMIT, calendar=DESK)
    assert breach(clock, now=clock.due.at) == clock
    late = breach(clock, now=clock.due.at + MINUTE)
    assert (late.state, late.breached_at, late.is_open) == (ClockState.BREACHED, clock.due.at, True)
    assert breach(late, now=clock.due.at + HOUR) == late


def test_a_breached_clock_can_be_met_late_and_keeps_its_breach():
    clock = start(started_at=MONDAY, limit=DAY_LIMIT, calendar=DESK)
    late = breach(clock, now=clock.due.at + MINUTE)
    met = meet(late, at=clock.due.at + HOUR)
    assert (met.state, met.met_at) == (ClockState.MET, clock.due.at + HOUR)
    assert met.breached_at == clock.due.at


def test_a_paused_clock_is_never_breached_and_goes_on_with_what_was_left():
    clock = start(started_at=MONDAY, limit=FOUR_HOURS, calendar=DESK)
    still = pause(clock, at=at("2026-03-16 13:00"))
    assert (still.state, still.paused_at) == (ClockState.PAUSED, at("2026-03-16 13:00"))
    assert breach(still, now=at("2026-03-20 10:00")) == still
    again = resume(still, at=at("2026-03-20 10:00"), calendar=DESK)
    assert (again.state, again.paused_at) == (ClockState.RUNNING, None)
    assert again.due.at == at("2026-03-20 11:00")
    assert again.paused_for == 93 * HOUR


def test_a_clock_met_while_paused_is_in_time():
    clock = pause(start(started_at=MONDAY, limit=FOUR_HOURS, calendar=DESK), at=MONDAY)
    met = meet(clock, at=at("2026-03-20 10:00"))
    assert (met.state, met.paused_at, met.breached_at) == (ClockState.MET, None, None)


def test_reopening_continues_the_limit_without_the_time_it_counted_as_met():
    clock = start(started_at=MONDAY, limit=FOUR_HOURS, calendar=DESK)
    met = meet(clock, at=at("2026-03-16 13:00"))
    again = reopen(met, at=at("2026-03-18 17:30"), calendar=DESK)
    assert (again.state, again.met_at) == (ClockState.RUNNING, None)
    assert again.due.at == at("2026-03-19 09:30")


def test_reopening_a_late_clock_leaves_it_breached():
    clock = start(started_at=MONDAY, limit=FOUR_HOURS, calendar=DESK)
    met = meet(clock, at=at("2026-03-17 13:00"))
    again = reopen(met, at=at("2026-03-18 17:30"), calendar=DESK)
    assert (again.state, again.met_at, again.breached_at) == (
        ClockState.BREACHED,
        None,
        clock.due.at,
    )


def in_state(state):
    clock = start(started_at=MONDAY, limit=DAY_LIMIT, calendar=DESK)
    facts = {
        ClockState.PAUSED: {"paused_at": MONDAY},
        ClockState.MET: {"met_at": MONDAY},
        ClockState.BREACHED: {"breached_at": clock.due.at},
    }
    return replace(clock, state=state, **facts.get(state, {}))


LATER = MONDAY + HOUR
CHANGES = {
    "meet": lambda clock: meet(clock, at=LATER),
    "cancel": cancel,
    "pause": lambda clock: pause(clock, at=LATER),
    "resume": lambda clock: resume(clock, at=LATER, calendar=DESK),
    "reopen": lambda clock: reopen(clock, at=LATER, calendar=DESK),
}
ALLOWED = {
    ClockState.RUNNING: {"meet": "met", "cancel": "cancelled", "pause": "paused"},
    ClockState.PAUSED: {"meet": "met", "cancel": "cancelled", "resume": "running"},
    ClockState.BREACHED: {"meet": "met", "cancel": "cancelled"},
    ClockState.MET: {"reopen": "running"},
    ClockState.CANCELLED: {},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("state", ClockState)
def test_each_state_allows_its_changes_and_refuses_the_others(state, change):
    clock = in_state(state)
    if change in ALLOWED[state]:
        assert CHANGES[change](clock).state == ALLOWED[state][change]
    else:
        with pytest.raises(ClockTransitionError, match=f"a clock that is {state} cannot be"):
            CHANGES[change](clock)


def test_changes_before_the_start_or_after_the_due_time_are_refused():
    clock = start(started_at=MONDAY, limit=FOUR_HOURS, calendar=DESK)
    for change in (meet, pause):
        with pytest.raises(ClockTransitionError, match="before it started"):
            change(clock, at=MONDAY - MINUTE)
    with pytest.raises(ClockTransitionError, match="cannot be paused"):
        pause(clock, at=clock.due.at + MINUTE)
    with pytest.raises(ClockTransitionError, match="before it stood still"):
        resume(pause(clock, at=LATER), at=LATER - MINUTE, calendar=DESK)


NOTICE = [
    {"date": "2027-01-01", "isOffDay": True},
    {"date": "2027-01-04", "isOffDay": True},
    {"date": "2027-01-09", "isOffDay": False},
]
DESK_WITH_2027 = desk(
    "09:00-18:00", years=YEARS | {2027: year_table(year=2027, days=NOTICE, version=1, source="")}
)


@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("started", "before", "after"),
    [
        ("2026-12-31 17:00", "2027-01-01 12:00", "2027-01-05 12:00"),
        ("2027-01-08 17:00", "2027-01-11 12:00", "2027-01-09 12:00"),
    ],
)
def test_a_loaded_year_moves_the_due_time_and_ends_its_being_provisional(started, before, after):
    clock = start(started_at=at(started), limit=FOUR_HOURS, calendar=DESK)
    assert clock.due == (at(before), True)
    fresh = recompute(clock, calendar=DESK_WITH_2027, now=at(started))
    assert fresh == replace(clock, due=(at(after), False))


@pytest.mark.check("A-57")
def test_a_loaded_year_lifts_a_breach_that_it_does_not_confirm():
    clock = start(started_at=at("2026-12-31 17:00"), limit=FOUR_HOURS, calendar=DESK)
    late = breach(clock, now=at("2027-01-01 12:01"))
    lifted = recompute(late, calendar=DESK_WITH_2027, now=at("2027-01-05 12:00"))
    assert (lifted.state, lifted.breached_at) == (ClockState.RUNNING, None)
    kept = recompute(late, calendar=DESK_WITH_2027, now=at("2027-01-05 12:01"))
    assert (kept.state, kept.breached_at) == (ClockState.BREACHED, at("2027-01-05 12:00"))


def test_a_closed_clock_keeps_the_due_time_it_was_judged_by():
    clock = start(started_at=at("2026-12-31 17:00"), limit=FOUR_HOURS, calendar=DESK)
    for closed in (meet(clock, at=at("2027-01-01 11:00")), cancel(clock)):
        assert recompute(closed, calendar=DESK_WITH_2027, now=at("2027-02-01 09:00")) == closed


def test_the_three_promises_of_a_lead_over_the_spring_festival_stay_natural():
    received = at("2026-02-14 17:30")
    office = builtin("sales_office")
    dues = [
        start(
            started_at=received,
            limit=ClockLimit(Basis.NATURAL, dt.timedelta(days=days)),
            calendar=office,
        ).due
        for days in (1, 3, 7)
    ]
    assert dues == [
        (at("2026-02-15 17:30"), False),
        (at("2026-02-17 17:30"), False),
        (at("2026-02-21 17:30"), False),
    ]
    steps = reminders(received, ClockLimit(Basis.NATURAL, dt.timedelta(days=3)), (), office)
    assert [step.at for step in steps] == [
        at("2026-02-15 18:00"),
        at("2026-02-15 18:00"),
        at("2026-02-15 18:00"),
    ]


def test_a_clock_is_a_value_that_nobody_can_change():
    clock = start(started_at=MONDAY, limit=DAY_LIMIT, calendar=DESK)
    assert clock == Clock(MONDAY, DAY_LIMIT, clock.due)
    with pytest.raises(AttributeError):
        clock.state = ClockState.MET
