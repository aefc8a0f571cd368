"""The pure rules: shares by place and time, whole units, removal, whose claim counts."""

from decimal import Decimal

import numpy as np
import pytest

from marketing.attribution.rules import (
    HEURISTICS,
    UNITS,
    Claim,
    Model,
    apportioned,
    claimed_channel,
    removal,
    spread,
    weights_of,
)
from marketing.attribution.rules.groups import Group, group_of
from marketing.attribution.rules.returns import margin_of, part_of, return_on, shared_out

D = Decimal


def one_path(model, ages, weights=None, half_life=1.0):
    starts = np.array([0])
    counted = weights_of(
        model,
        starts,
        ages=np.array(ages, dtype=float),
        weights=np.array(weights or [1] * len(ages), dtype=float),
        half_life=half_life,
    )
    return [round(float(share), 6) for share in spread(counted, starts)]


@pytest.mark.parametrize(
    ("model", "ages", "expected"),
    [
        (Model.FIRST, [9, 5, 1], [1, 0, 0]),
        (Model.LAST, [9, 5, 1], [0, 0, 1]),
        (Model.LINEAR, [9, 5, 2, 1], [0.25] * 4),
        (Model.TIME_DECAY, [2, 1, 0], [0.142857, 0.285714, 0.571429]),
        (Model.POSITION, [1], [1]),
        (Model.POSITION, [2, 1], [0.5, 0.5]),
        (Model.POSITION, [3, 2, 1], [0.4, 0.2, 0.4]),
        (Model.POSITION, [4, 3, 2, 1], [0.4, 0.1, 0.1, 0.4]),
    ],
)
def test_a_path_is_shared_by_place_and_time(model, ages, expected) -> None:
    assert one_path(model, ages) == expected


def test_what_weighs_more_gets_more_and_only_the_ratio_of_ages_counts() -> None:
    assert one_path(Model.LINEAR, [2, 1], [3, 1]) == [0.75, 0.25]
    assert one_path(Model.POSITION, [4, 3, 2, 1], [1, 3, 1, 1]) == [0.4, 0.15, 0.05, 0.4]
    old = one_path(Model.TIME_DECAY, [90_000, 89_970], half_life=30.0)
    assert old == [0.333333, 0.666667]  # years ago, and still shares


@pytest.mark.parametrize("model", HEURISTICS)
def test_whole_units_add_up_to_the_whole_in_every_path(model) -> None:
    chance = np.random.default_rng(7)
    lengths = chance.integers(1, 40, size=500)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    total = int(lengths.sum())
    counted = weights_of(
        model,
        starts,
        ages=np.sort(chance.random(total))[::-1] * 300,
        weights=chance.random(total) + 0.01,
        half_life=30.0,
    )
    units = apportioned(spread(counted, starts), starts)
    assert (np.add.reduceat(units, starts) == UNITS).all()
    assert (units >= 0).all()


def test_equal_thirds_keep_the_unit_that_is_left_over() -> None:
    starts = np.array([0])
    assert apportioned(np.full(3, 1 / 3), starts, whole=100).tolist() == [34, 33, 33]


def test_removal_knows_paths_that_came_to_nothing_and_loops_without_a_way_out() -> None:
    # A > B won once, A lost once, C and D lead to one another and to nothing.
    channels, starts = np.array([0, 1, 0, 2, 3, 2]), np.array([0, 2, 3])
    chain = removal(
        channels,
        starts,
        conversions=np.array([1.0, 0, 0]),
        nulls=np.array([0, 1.0, 1.0]),
        number=4,
    )
    assert chain.chance == pytest.approx(1 / 3)
    assert chain.removal.tolist() == pytest.approx([1, 1, 0, 0])
    assert chain.attributed.tolist() == pytest.approx([0.5, 0.5, 0, 0])
    nothing = removal(channels, starts, conversions=np.zeros(3), nulls=np.zeros(3), number=4)
    assert nothing.chance == 0
    assert nothing.attributed.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("claim", "channel"),
    [
        (Claim(), ""),
        (Claim(lead_channel="website"), "website"),
        (Claim("claim", "", "website"), "agent"),
        (Claim("claim", "exhibition", "website"), "exhibition"),
        (Claim("walk_in", "", "agent"), "walk_in"),
        (Claim("walk_in", "", "hotline"), "hotline"),
        (Claim("undecided", "", "agent"), ""),
    ],
)
def test_ownership_follows_the_decision_and_else_the_lead(claim, channel) -> None:
    assert claimed_channel(claim) == channel


@pytest.mark.spec("ANA-22")
def test_the_return_by_hand() -> None:
    # 200,000 yuan received, 15 % of it earned, 20,000 spent: (30,000 - 20,000) / 20,000.
    assert margin_of(D(200_000), margin=D(15)) == D(30_000)
    assert return_on(D(200_000), D(20_000), margin=D(15)) == D("50.00")
    assert return_on(D(0), D(20_000), margin=D(15)) == D("-100.00")
    assert return_on(D(200_000), D(0), margin=D(15)) is None
    assert part_of(D(1), D(0)) is None
    assert shared_out(D(10), [D(1), D(1), D(1)]) == [D("3.33"), D("3.33"), D("3.34")]
    assert shared_out(D(10), []) == []


def test_an_introduction_is_word_of_mouth_and_what_nobody_knows_is_paid_for() -> None:
    assert group_of("referral", {}) is Group.WORD_OF_MOUTH
    assert group_of("walk_in", {}) is Group.OWN
    assert group_of("brand_new", {}) is Group.PAID
    assert group_of("walk_in", {"walk_in": Group.PAID}) is Group.PAID
    assert group_of("", {}) is Group.NOBODY
