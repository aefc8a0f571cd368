"""Periods that fit together, lights in each direction, formulas by hand, change and chance."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.kpis.kinds import COMPANY, Goal, Period, Place, Reading, ScopeKind, Target
from analytics.kpis.question import key_of_period, key_of_place, period_from, place_from
from analytics.kpis.rules import formulas, survival, weights
from analytics.kpis.rules.lights import light_of, progress
from analytics.kpis.rules.periods import between, last_months, month_of, quarter_of, year_of

D = Decimal
days = st.dates(min_value=date(2005, 1, 1), max_value=date(2060, 12, 31))
periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)),
    days,
    st.integers(min_value=1, max_value=1100),
)


@pytest.mark.check("B-35")
@given(periods)
def test_periods_that_are_compared_are_equally_long_and_adjacent(period) -> None:
    before = period.before()
    assert before.end == period.start
    assert before.days == period.days == period.year_ago().days
    assert before.ends_at == period.begins_at
    for moment in (period.begins_at, period.ends_at - timedelta(microseconds=1)):
        assert period.holds(moment)
        assert not before.holds(moment)
    assert not period.holds(period.ends_at)
    assert before.holds(period.begins_at - timedelta(microseconds=1))


@pytest.mark.check("B-35")
@given(days)
def test_months_quarters_and_years_leave_no_day_out(day) -> None:
    for of in (month_of, quarter_of, year_of):
        period = of(day)
        assert period.start <= day < period.end
        assert of(period.end).start == period.end
        assert period_from(key_of_period(period)) == period
    year = year_of(day)
    inside = list(between(year.start, year.end))
    assert [len(inside), sum(each.days for each in inside)] == [17, 3 * year.days]


@given(periods)
def test_addresses_of_free_spans_are_read_back(period) -> None:
    key = key_of_period(period)
    assert period_from(key) == (period if period.days <= 1098 else None) or "_" not in key


def test_a_period_needs_a_day_and_begins_at_midnight_in_beijing() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Period(date(2026, 5, 1), date(2026, 5, 1))
    may = month_of(date(2026, 5, 20))
    assert may.begins_at == datetime.fromisoformat("2026-05-01T00:00+08:00")
    assert Period(date(2024, 2, 29), date(2024, 3, 1)).year_ago().start == date(2023, 2, 28)
    assert [each.start.month for each in last_months(date(2026, 2, 5), 3)] == [12, 1, 2]
    for place in (COMPANY, Place(ScopeKind.TEAM, 7)):
        assert place_from(key_of_place(place)) == place
    with pytest.raises(ValueError, match="company"):
        Place(ScopeKind.COMPANY, 3)


@pytest.mark.parametrize(
    ("top", "n", "goal", "light"),
    [
        (49, 1000, Goal("lt", D(5), D(1)), "green"),
        (50, 1000, Goal("lt", D(5), D(1)), "amber"),
        (60, 1000, Goal("lt", D(5), D(1)), "amber"),
        (61, 1000, Goal("lt", D(5), D(1)), "red"),
        (50, 1000, Goal("lt", D(5)), "red"),
        (50, 1000, Goal("le", D(5)), "green"),
        (30, 200, Goal("ge", D(15), D(3)), "green"),
        (29, 200, Goal("ge", D(15), D(3)), "amber"),
        (23, 200, Goal("ge", D(15), D(3)), "red"),
        (95, 100, Goal("ge", D(95)), "green"),
        (94, 100, Goal("ge", D(95)), "red"),
        (30, 200, Goal("gt", D(15)), "red"),
        # 94.99999 % is shown as 95.0 and does not reach it
        (9_499_999, 10_000_000, Goal("ge", D(95)), "red"),
    ],
)
def test_each_kpi_has_its_own_good_direction(top, n, goal, light) -> None:
    assert light_of(formulas.share(D(top), n), Target(goal, 1)).value == light


def test_no_data_is_neither_good_nor_bad_and_never_zero() -> None:
    nothing = formulas.share(D(0), 0)
    assert (nothing.value, nothing.note) == (None, "no_data")
    assert light_of(nothing, Target(Goal("lt", D(5)), 1)).value == "none"
    assert progress(nothing, Target(Goal("lt", D(5)), 1)) is None
    assert formulas.share(D(0), 7).value == 0
    assert formulas.total(D(0), 0).value == 0
    assert formulas.mean(D(0), 0, None, scale=None).value is None
    assert formulas.rate(3, 0) is formulas.quotient(None, 3) is None
    assert formulas.return_on(D(9), D(0)) is None
    assert formulas.lifetime_value(D(1), retention=D(1), discount=D(0)) is None


def test_progress_towards_a_target_in_both_directions() -> None:
    up, down = Target(Goal("ge", D(50)), 1), Target(Goal("le", D(150)), 1)
    assert progress(Reading(D(25), None, None, 1), up) == 50
    assert progress(Reading(D(80), None, None, 1), up) == 100
    assert progress(Reading(D(100), None, None, 1), down) == 100
    assert progress(Reading(D(300), None, None, 1), down) == 50


@pytest.mark.spec("ANA-15")
def test_formulas_by_hand() -> None:
    assert formulas.return_on(D(150_000), D(100_000)) == 50
    assert formulas.return_on(D(50_000), D(100_000)) == -50
    assert formulas.change(D(120), D(100)) == 20
    assert formulas.change(D(120), D(0)) is None
    assert formulas.is_new(D(3), D(0))
    assert not formulas.is_new(D(3), None)
    assert formulas.lifetime_value(D(1000), retention=D("0.8"), discount=D("0.1")) == D("2666.6667")


@pytest.mark.spec("ANA-10")
def test_known_durations_give_the_known_median() -> None:
    assert survival.median_days([(10, 1, 0), (20, 1, 0), (30, 1, 0), (40, 1, 0)]) == 20
    # the open ones count as far as they are known: 1 x 5/6 x 4/5 = .67, x 2/3 = .44
    assert survival.median_days([(5, 1, 0), (8, 1, 1), (12, 1, 0), (20, 0, 2)]) == 12
    assert survival.median_days([(100, 0, 9)]) is None
    assert survival.median_days([]) is None


def test_a_grade_weighs_as_many_as_its_customers() -> None:
    answers = {"A": (D(90), 10, 1.0), "C": (D(60), 10, 1.0)}  # 9.0 and 6.0
    value, covered = weights.weighted_mean(answers, {"A": 100, "C": 300, "E": 100})
    assert (value, covered) == (D("6.7500"), D("0.8"))
    assert weights.weighted_mean({}, {"A": 1}) == (None, 0)
    low, high = weights.weighted_interval(answers, {"A": 100, "C": 300}, scale=(1.0, 10.0))
    assert low < value < high
    assert high - low < 2


@pytest.mark.check("B-35")
def test_a_change_says_whether_it_may_be_chance_and_new_where_nothing_was() -> None:
    many, few = formulas.share(D(600), 1000), formulas.share(D(6), 10)
    assert weights.compared(many, formulas.share(D(500), 1000)).is_chance is False
    assert weights.compared(few, formulas.share(D(5), 10)).is_chance is True
    new = weights.compared(formulas.total(D(3), 3), formulas.total(D(0), 0))
    assert (new.percent, new.is_new) == (None, True)
    assert not weights.compared(formulas.total(D(0), 0), formulas.total(D(0), 0)).is_new
    gone = weights.compared(formulas.share(D(0), 0), many)
    assert (gone.percent, gone.is_new, gone.is_chance) == (None, False, None)
