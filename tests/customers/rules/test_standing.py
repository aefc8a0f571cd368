"""Activity, value, groups and strata as pure rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.activity import ActivityWeights, Move, activity, fading, silence
from customers.rules.axes import Nature
from customers.rules.groups import NEEDS, NEEDS_OF_GROUP, fitting, needs_of
from customers.rules.strata import StratumFacts, StratumRule, belongs
from customers.rules.value import Limits, Value, ValueInputs, has_drifted, value_of
from customers.standing_policy import ActivityPolicy

T0 = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
WEIGHTS = ActivityPolicy().weights
moves = st.lists(
    st.tuples(st.sampled_from(Move), st.integers(0, 200 * 24)), min_size=1, max_size=30
)


def seen(made, now, weights=WEIGHTS):
    """Return the score of moves made so many hours after T0, as seen at ``now``."""
    past = [(move, T0 + timedelta(hours=hours)) for move, hours in made]
    past = [(move, at) for move, at in past if at <= now]
    since = now - timedelta(days=weights.window_days)
    counts = {kind: sum(m is kind and at > since for m, at in past) for kind in Move}
    last = max((at for _m, at in past), default=None)
    return activity(counts, last, weights=weights, now=now)


@given(moves, st.lists(st.integers(0, 400 * 24), min_size=2, max_size=10), st.integers(1, 60))
def test_activity_never_rises_with_silence(made, later, half_life):
    weights = ActivityWeights(WEIGHTS.points, WEIGHTS.most, WEIGHTS.window_days, half_life)
    end = T0 + timedelta(hours=max(hours for _move, hours in made))
    scores = [seen(made, end + timedelta(hours=hours), weights) for hours in sorted(later)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)


def test_thirty_days_of_silence_halve_the_score_and_eight_times_that_end_it():
    at = {days: seen([(Move.VISIT, 0)] * 2, T0 + timedelta(days=days)) for days in (0, 30, 60, 90)}
    assert at == {0: 60, 30: 30, 60: 15, 90: 0}  # on day 90 both have left the window
    assert fading(30)[240] * 100 // 10_000 == 0
    assert silence(None, T0) is None
    assert silence(T0, T0 + timedelta(days=2, hours=23)) == 2


def test_more_moves_of_one_kind_than_count_add_nothing():
    assert seen([(Move.REPLY, 0)] * 3, T0) == seen([(Move.REPLY, 0)] * 9, T0) == 45


BEST = ValueInputs(
    spending_power=5,
    budget=Decimal(10**9),
    contribution=Decimal(10**9),
    intent=3,
    purchases=2,
    activity=100,
    referrals=3,
    years=3,
)


def test_the_three_scores_reach_from_nothing_to_nearly_a_hundred():
    assert value_of(ValueInputs()) == Value(0, 0, 0)
    assert value_of(BEST) == Value(98, 100, 100)


@pytest.mark.parametrize(
    ("value", "is_high"),
    [
        (Value(60, 60, 60), True),
        (Value(59, 100, 100), False),
        (Value(100, 59, 100), False),
        (Value(100, 100, 59), False),
    ],
)
def test_two_of_three_are_not_high_value(value, is_high):
    assert value.is_high(Limits(60, 60, 60)) is is_high


def test_the_share_drifts_outside_the_band_only():
    assert [has_drifted(share, anchor=10, band=5) for share in (4.9, 5, 10, 15, 15.1)] == [
        *(True, False, False, False, True),
    ]


def test_every_group_has_needs_and_both_kinds_of_investor_the_same():
    assert set(NEEDS_OF_GROUP) == set(Nature)
    assert needs_of("investor") == needs_of("institution") == ("yield", "appreciation")
    assert needs_of("") == ()
    assert len(NEEDS) == 8
    assert fitting({"comfort": "安静", "yield": "4%", "safety": ""}, "family") == {
        "comfort": "安静"
    }


MILLION = Decimal(1_000_000)
RULE = StratumRule(need="first_home", budget_min=2 * MILLION, budget_max=3 * MILLION)


@pytest.mark.parametrize(
    ("facts", "is_member"),
    [
        (StratumFacts(motive="首次置业", budget_min=2 * MILLION, budget_max=3 * MILLION), True),
        (StratumFacts(purpose="own_use", budget_max=2 * MILLION), True),
        (StratumFacts(purpose="own_use", has_bought=True, budget_max=2 * MILLION), False),
        (StratumFacts(purpose="investment", motive="首次置业", budget_max=2 * MILLION), False),
        (StratumFacts(motive="首次置业", budget_min=Decimal(2_500_000)), True),
        (StratumFacts(motive="首次置业", budget_max=4 * MILLION), False),
        (StratumFacts(motive="首次置业"), False),
        (StratumFacts(motive="投资", budget_max=3 * MILLION), False),
    ],
)
def test_a_stratum_holds_who_fits_need_and_budget(facts, is_member):
    assert belongs(RULE, facts) is is_member


def test_credit_narrows_and_no_criterion_holds_everybody():
    assert belongs(StratumRule(), StratumFacts())
    assert not belongs(StratumRule(credit_status="good"), StratumFacts(credit_status="weak"))
    assert belongs(StratumRule(credit_status="good"), StratumFacts(credit_status="good"))
