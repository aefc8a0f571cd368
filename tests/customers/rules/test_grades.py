"""Factors, scores and grades by hand-computed cases, both sides of every edge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.axes import Grade, LeadState
from customers.rules.grades import (
    FACTORS,
    FULL,
    GradeInputs,
    grade_by_share,
    grade_for,
    last_ranks,
    normalise,
    score,
)

WEIGHTS = (25, 25, 20, 15, 10, 5)
CUTOFFS = (85, 65, 35, 15)
SHARES = (15, 30, 45, 5, 5)
BEST = GradeInputs(
    contribution=Decimal(999_999_999_999),
    budget=Decimal(999_999_999_999),
    states_need=True,
    intent=3,
    role="decider",
    visits=4,
    furthest=LeadState.SIGNED,
    referrals=3,
    purchases=2,
    spending_power=5,
    has_open_lead=True,
    has_open_task=True,
    is_recently_contacted=True,
)


def test_nothing_known_scores_nothing():
    scored = score(GradeInputs(), weights=WEIGHTS)
    assert scored.points == (Decimal("0.00"),) * 6
    assert scored.score == Decimal("0.00")


def test_the_best_customer_comes_within_a_cent_of_a_hundred_per_saturating_scale():
    assert normalise(BEST) == (9999, 9999, FULL, FULL, FULL, FULL)
    assert score(BEST, weights=WEIGHTS).score == Decimal("100.00")


@pytest.mark.parametrize(
    ("inputs", "factor", "part"),
    [
        (GradeInputs(contribution=Decimal(1_000_000)), 0, 5000),
        (GradeInputs(contribution=Decimal(3_000_000)), 0, 7500),
        (GradeInputs(contribution=Decimal(-5)), 0, 0),
        (GradeInputs(contribution=Decimal("0.01")), 0, 0),
        (GradeInputs(budget=Decimal(3_000_000)), 1, 1750),
        (GradeInputs(states_need=True), 1, 1000),
        (GradeInputs(intent=1), 1, 1333),
        (GradeInputs(intent=2), 1, 2666),
        (GradeInputs(intent=3), 1, 4000),
        (GradeInputs(role="decider"), 1, 1500),
        (GradeInputs(role="influencer"), 1, 900),
        (GradeInputs(role="user"), 1, 600),
        (GradeInputs(role="adviser"), 1, 300),
        (GradeInputs(role="nobody"), 1, 0),
        (GradeInputs(visits=1), 2, 1000),
        (GradeInputs(visits=4), 2, 4000),
        (GradeInputs(visits=5), 2, 4000),
        (GradeInputs(furthest=LeadState.NEW), 2, 0),
        (GradeInputs(furthest=LeadState.CONTACTED), 2, 1200),
        (GradeInputs(furthest=LeadState.QUALIFIED), 2, 2400),
        (GradeInputs(furthest=LeadState.VISITED), 2, 3600),
        (GradeInputs(furthest=LeadState.SUBSCRIBED), 2, 4800),
        (GradeInputs(furthest=LeadState.SIGNED), 2, 6000),
        (GradeInputs(referrals=1), 3, 2000),
        (GradeInputs(referrals=4), 3, 6000),
        (GradeInputs(purchases=1), 3, 2000),
        (GradeInputs(purchases=3), 3, 4000),
        (GradeInputs(spending_power=1), 4, 2000),
        (GradeInputs(spending_power=5), 4, 10000),
        (GradeInputs(has_open_lead=True), 5, 5000),
        (GradeInputs(has_open_task=True), 5, 3000),
        (GradeInputs(is_recently_contacted=True), 5, 2000),
    ],
)
def test_each_input_moves_its_own_factor_only(inputs, factor, part):
    expected = [0] * 6
    expected[factor] = part
    assert normalise(inputs) == tuple(expected)


def test_points_are_rounded_half_up_to_the_cent():
    # 25 % of 1333 ten-thousandths = 3.3325 points; 10 % of 2000 = 2.00
    scored = score(GradeInputs(intent=1, spending_power=1), weights=WEIGHTS)
    assert scored.points[1] == Decimal("3.33")
    assert scored.points[4] == Decimal("2.00")
    # 50 % of 1333 = 6.665 points, a tie
    assert score(GradeInputs(intent=1), weights=(0, 50, 0, 0, 0, 50)).points[1] == Decimal("6.67")


inputs_strategy = st.builds(
    GradeInputs,
    contribution=st.decimals(0, 999_999_999_999, places=2),
    budget=st.none() | st.decimals(0, 999_999_999_999, places=2),
    states_need=st.booleans(),
    intent=st.none() | st.integers(1, 3),
    role=st.sampled_from(["", "decider", "influencer", "user", "adviser"]),
    visits=st.integers(0, 50),
    furthest=st.none() | st.sampled_from([s for s in LeadState if s is not LeadState.LOST]),
    referrals=st.integers(0, 20),
    purchases=st.integers(0, 5),
    spending_power=st.none() | st.integers(1, 5),
    has_open_lead=st.booleans(),
    has_open_task=st.booleans(),
    is_recently_contacted=st.booleans(),
)


@given(inputs_strategy, st.permutations(WEIGHTS))
def test_the_points_add_up_to_the_score_exactly_and_stay_within_their_weight(inputs, weights):
    scored = score(inputs, weights=weights)
    assert sum(scored.points) == scored.score
    assert 0 <= scored.score <= 100
    assert all(0 <= p <= w for p, w in zip(scored.points, weights, strict=True))
    assert len(scored.points) == len(FACTORS)


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        ("100", Grade.A),
        ("85.00", Grade.A),
        ("84.99", Grade.B),
        ("65.00", Grade.B),
        ("64.99", Grade.C),
        ("35.00", Grade.C),
        ("34.99", Grade.D),
        ("15.00", Grade.D),
        ("14.99", Grade.E),
        ("0", Grade.E),
    ],
)
def test_fixed_cut_offs(value, grade):
    assert grade_for(Decimal(value), cutoffs=CUTOFFS) is grade


@pytest.mark.parametrize(
    ("count", "ranks"),
    [(1000, (150, 450, 900, 950)), (1, (0, 0, 1, 1)), (0, (0, 0, 0, 0)), (20, (3, 9, 18, 19))],
)
def test_shares_become_ranks(count, ranks):
    assert last_ranks(count, shares=SHARES) == ranks


def test_a_thousand_scored_customers_split_as_the_benchmark():
    scores = {n: Decimal(n % 97) for n in range(1000)}
    grades = list(grade_by_share(scores, shares=SHARES).values())
    assert [grades.count(grade) for grade in Grade] == [150, 300, 450, 50, 50]


def test_equal_scores_are_told_apart_by_the_lower_id():
    grades = grade_by_share({n: Decimal(50) for n in range(1, 21)}, shares=SHARES)
    assert [grades[n].value for n in range(1, 21)] == list("AAABBBBBBCCCCCCCCCDE")
