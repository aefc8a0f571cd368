"""Periods, changes, the small lines, the slots: pure rules by their tables."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.dashboards.rules.changes import Move, change
from analytics.dashboards.rules.periods import (
    Compare,
    PeriodRule,
    compared,
    own_period,
    period_of,
    points_of,
    week_label,
)
from analytics.dashboards.rules.schedule import slot_of
from analytics.dashboards.rules.sparks import spark
from analytics.dashboards.rules.way import percent, stages
from analytics.dashboards.selectors.panels import shade
from analytics.kpis.kinds import SHANGHAI, Period

D = Decimal
WED = date(2026, 5, 20)
DAYS = st.integers(0, 7600).map(lambda days: date(2015, 1, 1) + timedelta(days=days))


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("week", date(2026, 5, 18)),
        ("month", date(2026, 5, 1)),
        ("quarter", date(2026, 4, 1)),
        ("year", date(2026, 1, 1)),
    ],
)
def test_a_period_begins_with_its_unit_and_ends_today(rule: str, start: date) -> None:
    assert period_of(PeriodRule(rule), WED) == Period(start, date(2026, 5, 21))


@given(rule=st.sampled_from(PeriodRule), today=DAYS, compare=st.sampled_from(Compare))
def test_windows_are_of_equal_length_and_the_one_before_is_adjacent(rule, today, compare) -> None:
    period = period_of(rule, today)
    base = compared(period, compare)
    assert base.days == period.days
    assert base.end <= period.start or compare is Compare.YEAR
    if compare is Compare.BEFORE:
        assert base.end == period.start


@given(rule=st.sampled_from(PeriodRule), today=DAYS)
def test_a_trend_has_twelve_periods_without_gap_or_overlap(rule, today) -> None:
    period = period_of(rule, today)
    points = points_of(rule, period)
    assert len(points) == 12
    assert points[-1].end == period.end
    assert all(early.end == late.start for early, late in pairwise(points))
    if rule is not PeriodRule.YEAR:
        assert points[-1] == period


@pytest.mark.parametrize(
    ("start", "last", "found"),
    [
        (date(2026, 5, 1), date(2026, 5, 1), Period(date(2026, 5, 1), date(2026, 5, 2))),
        (date(2026, 5, 2), date(2026, 5, 1), None),
        (date(2026, 5, 21), date(2026, 5, 22), None),
        (date(2020, 1, 1), date(2026, 5, 1), None),
        (None, date(2026, 5, 1), None),
    ],
)
def test_two_days_of_ones_own(start, last, found) -> None:
    assert own_period(start, last, WED) == found


def test_weeks_are_iso_weeks() -> None:
    assert week_label(Period(date(2026, 1, 1), date(2026, 1, 2))) == "W01"
    assert week_label(Period(date(2026, 5, 18), date(2026, 5, 21))) == "W21"


@pytest.mark.parametrize(
    ("now", "before", "unit", "good", "move", "amount", "is_good"),
    [
        ("112.5", "100", "count", "up", Move.UP, "12.5", True),
        ("90", "100", "count", "up", Move.DOWN, "10.0", False),
        ("8", "10", "hours", "down", Move.DOWN, "20.0", True),
        ("26.3", "28.4", "percent", "up", Move.DOWN, "2.1", False),
        ("5", "0", "count", "up", Move.NEW, None, True),
        ("5", "0", "percent", "down", Move.NEW, None, False),
        ("0", "0", "count", "up", Move.SAME, "0", None),
        ("0", "5", "count", "up", Move.DOWN, "100.0", False),
        (None, "5", "count", "up", Move.UNKNOWN, None, None),
        ("5", None, "count", "up", Move.UNKNOWN, None, None),
        ("-5", "-10", "yuan", "up", Move.UP, "50.0", True),
    ],
)
def test_a_change_has_a_direction_and_is_good_or_bad(
    now, before, unit, good, move, amount, is_good
) -> None:
    found = change(now and D(now), before and D(before), unit=unit, good=good)
    assert (found.move, found.is_good) == (move, is_good)
    assert found.amount == (None if amount is None else D(amount))
    assert found.in_points == (unit == "percent" and found.amount is not None)


def test_a_line_needs_two_points_and_skips_gaps() -> None:
    assert spark([D(1), None]) is None
    line = spark([D(0), None, D(10)])
    assert line is not None
    assert line.line == "2.0,24.0 70.0,2.0"
    assert line.last == ("70.0", "2.0")
    flat = spark([D(5), D(5)])
    assert flat is not None
    assert flat.line == "2.0,13.0 70.0,13.0"


@pytest.mark.parametrize(
    ("value", "most", "expected"),
    [(None, 10, 0), (0, 10, 1), (2, 10, 2), (9, 10, 5), (10, 10, 5), (5, 0, 1), (1, 10, 1)],
)
def test_shades(value, most, expected) -> None:
    assert shade(None if value is None else D(value), D(most)) == expected


# the way -----------------------------------------------------------------------------------------
def test_at_every_step_all_are_accounted_for() -> None:
    found = stages([10, 8, 5, 3, 2], [1, 2, 0, 1, 0], [86400, 43200, None, 129600])
    assert [stage.waiting for stage in found] == [1, 1, 2, 0, 0]
    assert sum(stage.left + stage.waiting for stage in found) + found[-1].came == 10
    assert [stage.days for stage in found] == [None, D("1.0"), D("0.5"), None, D("1.5")]
    assert [stage.share for stage in found] == [None, D("80.0"), D("62.5"), D("60.0"), D("66.7")]


@pytest.mark.parametrize("came", [[1, 2, 0, 0, 0], [5, 5, 5, 5, 6]])
def test_a_way_that_grows_is_refused(came) -> None:
    with pytest.raises(ValueError, match="tie"):
        stages(came, [0] * 5, [None] * 4)


def test_more_cannot_leave_than_stayed() -> None:
    with pytest.raises(ValueError, match="tie"):
        stages([3, 2, 0, 0, 0], [2, 0, 0, 0, 0], [None] * 4)


def test_nothing_has_no_share() -> None:
    assert percent(0, 0) is None


# when to send ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("weekday", "hour", "expected"),
    [
        (0, 8, "2026-05-20 08:00"),
        (0, 11, "2026-05-19 11:00"),
        (3, 10, "2026-05-20 10:00"),
        (3, 11, "2026-05-13 11:00"),
        (1, 8, "2026-05-18 08:00"),
        (7, 23, "2026-05-17 23:00"),
    ],
)
def test_the_last_slot(weekday, hour, expected) -> None:
    now = datetime(2026, 5, 20, 10, 32, tzinfo=SHANGHAI)
    assert f"{slot_of(weekday, hour, now):%Y-%m-%d %H:%M}" == expected


@given(weekday=st.integers(0, 7), hour=st.integers(0, 23), minutes=st.integers(0, 20000))
def test_a_slot_is_never_ahead_and_no_older_than_its_rhythm(weekday, hour, minutes) -> None:
    now = datetime(2026, 5, 20, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
    slot = slot_of(weekday, hour, now)
    assert slot <= now
    assert now - slot < timedelta(days=7 if weekday else 1)
    assert weekday in {0, slot.isoweekday()}
