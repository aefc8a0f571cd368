"""Groups, rules of wishes, forecasts, likeness, advice: the pure parts on planted data."""

import numpy as np
import pytest

from analytics.value.rules.advice import Step, Way, chance, shift, weakest
from analytics.value.rules.baskets import mine, recommended
from analytics.value.rules.clusters import (
    best_grouping,
    group,
    likeness,
    outstanding,
    standardise,
    successors,
)
from analytics.value.rules.forecast import NAIVE, backtest, outlook
from analytics.value.rules.likely import learn
from analytics.value.rules.mix import Response, bend_of, best_split, response_of
from analytics.value.rules.relation import Received, for_customer
from analytics.value.rules.survival import concordance, curve
from analytics.value.rules.talking import Basis, Counted, Talk, next_talk


def planted_groups(rng):
    centres = np.array([[0, 0, 0], [6, 0, 3], [0, 7, -4], [-6, -5, 4]])
    truth = rng.integers(0, 4, 600)
    return centres[truth] + rng.normal(0, 1, (600, 3)), truth


@pytest.mark.spec("ANA-42")
def test_planted_groups_are_found_and_a_seed_repeats_them():
    points, truth = planted_groups(np.random.default_rng(7))
    found = best_grouping(standardise(points), seed=3)
    assert found.k == 4
    assert likeness(found.labels, truth) >= 0.9
    assert max(found.tried, key=lambda pair: pair[1])[0] == 4
    again = best_grouping(standardise(points), seed=3)
    assert (again.labels == found.labels).all()
    assert group(standardise(points), 4, seed=3).inertia == pytest.approx(found.inertia)


def test_too_little_to_tell_apart_gives_no_groups():
    assert best_grouping(np.zeros((50, 2)), seed=1) is None
    assert standardise([[1, 5], [3, 5]]).tolist() == [[-1, 0], [1, 0]]


def test_names_and_successors_of_groups():
    assert outstanding([1.4, -0.2, -0.9], ["value", "visits", "years"]) == [
        ("value", "high"),
        ("years", "low"),
    ]
    assert outstanding([0.1, -0.2], ["value", "visits"]) == []
    before = {10: frozenset(range(100)), 11: frozenset(range(100, 150))}
    now = {
        0: frozenset(range(100, 160)),
        1: frozenset(range(60)),
        2: frozenset(range(60, 100)),
        3: frozenset(range(200, 250)),
    }
    assert successors(before, now) == {0: 11, 1: 10}


@pytest.mark.spec("ANA-43")
def test_the_rules_of_a_textbook_basket():
    """Five baskets of a common textbook; bread and milk, beer and nappies."""
    baskets = [
        ["bread", "milk"],
        ["bread", "nappies", "beer", "eggs"],
        ["milk", "nappies", "beer", "cola"],
        ["bread", "milk", "nappies", "beer"],
        ["bread", "milk", "nappies", "cola"],
    ]
    rules = {
        (rule.given, rule.then): rule for rule in mine(baskets, support=0.4, confidence=0.6).rules
    }
    rule = rules[("milk", "nappies"), ("beer",)]
    assert (rule.support, rule.count) == (0.4, 2)
    assert rule.confidence == pytest.approx(2 / 3)
    assert rule.lift == pytest.approx(2 / 3 / 0.6)
    beer = rules[("beer",), ("nappies",)]
    assert (beer.support, beer.confidence, beer.lift) == pytest.approx((0.6, 1.0, 1.25))
    assert (("nappies",), ("beer",)) in rules
    assert mine([], support=0.1, confidence=0.1).rules == ()
    said = recommended(["beer"], rules.values())
    assert [each.then for each in said] == [("nappies",)]
    assert recommended(["beer", "nappies"], [beer]) == []


def planted_series(rng, months=72):
    t = np.arange(months)
    season = 1 + 0.4 * np.sin(2 * np.pi * t / 12) + 0.2 * np.cos(4 * np.pi * t / 12)
    return (80 + 2.0 * t) * season * rng.lognormal(0, 0.04, months)


@pytest.mark.spec("ANA-46")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_trend_with_seasons_is_foreseen_better_than_by_the_last_cycle(seed):
    series = planted_series(np.random.default_rng(seed), 84)
    history, later = series[:78], series[78:]
    tested = backtest(history, horizon=6)
    assert tested.best != NAIVE
    assert tested.errors[tested.best] < 0.7 * tested.errors[NAIVE]
    found = outlook(history, horizon=6)
    values = np.array([point.value for point in found.points])
    naive = history[66:72]
    assert np.abs(values - later).mean() < np.abs(naive - later).mean()
    inside = [p.low <= actual <= p.high for p, actual in zip(found.points, later, strict=True)]
    assert sum(inside) >= 4
    widths = [point.high - point.low for point in found.points]
    assert (np.diff(widths) >= -1e-9).all()


@pytest.mark.spec("ANA-46")
def test_no_data_and_little_data_are_not_forecast():
    assert outlook([], horizon=6) is None
    assert outlook([0.0] * 40, horizon=6) is None
    assert outlook([3.0, 4.0, 5.0], horizon=6) is None
    short = outlook([float(n) for n in range(10, 24)], horizon=3)
    assert [round(point.value) for point in short.points] == [24, 25, 26]
    falling = outlook([float(max(40 - 3 * n, 0)) for n in range(14)], horizon=6)
    assert min(point.low for point in falling.points) == 0


@pytest.mark.spec("ANA-51")
def test_likely_high_value_is_found_with_precision_on_planted_data():
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, (3000, 3))
    odds = 2.5 * values[:, 0] + 1.5 * values[:, 1] - 1
    high = rng.random(3000) < 1 / (1 + np.exp(-odds))
    values[rng.random(3000) < 0.1, 1] = np.nan
    model = learn(values[:1500], high[:1500], ["budget", "visits", "noise"], seed=1)
    chosen = model.chances(values[1500:]) >= 0.5
    precision = high[1500:][chosen].mean()
    assert precision >= 0.75
    assert model.precision == pytest.approx(precision, abs=0.06)
    assert model.auc > 0.88
    row = [2.0, 1.0, 0.0]
    said = model.drivers(row)
    assert [name for name, _points in said][:2] == ["budget", "visits"]
    logit = model.base + float(model.points([row]).sum())
    assert float(model.chances([row])[0]) == pytest.approx(1 / (1 + np.exp(-logit)))
    assert learn(values[:100], np.zeros(100), ["a", "b", "c"], seed=1) is None


@pytest.mark.spec("ANA-55")
def test_the_known_optimum_of_a_budget_is_recovered():
    """With answers scale × √x the best split is in proportion to scale²: 9 : 4 : 1 of 14,000."""
    channels = [Response("a", 3, 0.5), Response("b", 2, 0.5), Response("c", 1, 0.5)]
    found = best_split(14_000, channels)
    assert found.spent == pytest.approx([9000, 4000, 1000], abs=0.01)
    assert found.answer == pytest.approx(3 * 9000**0.5 + 2 * 4000**0.5 + 1000**0.5)
    limited = best_split(
        14_000, [Response("a", 3, 0.5, high=5000), Response("b", 2, 0.5), Response("c", 1, 0.5)]
    )
    assert limited.spent == pytest.approx([5000, 7200, 1800], abs=0.01)
    lifted = best_split(
        14_000, [Response("a", 3, 0.5), Response("b", 2, 0.5), Response("c", 1, 0.5, low=4000)]
    )
    assert lifted.spent == pytest.approx([10_000 * 9 / 13, 10_000 * 4 / 13, 4000], abs=0.01)


def test_splits_at_the_edges():
    even = [Response("a", 2, 1.0, high=600), Response("b", 1, 1.0)]
    assert best_split(1000, even).spent == pytest.approx([600, 400])
    assert best_split(100, [Response("a", 1, 0.5, low=200)]) is None
    assert best_split(100, []) is None
    assert best_split(1000, [Response("a", 1, 0.5, high=300)]).spent == (300,)
    assert bend_of(100, 10, 400, 20) == pytest.approx(0.5)
    assert bend_of(100, 10, 100, 20) is None
    assert response_of("a", 100, 30, bend=0.5).answer(400) == pytest.approx(60)


@pytest.mark.spec("ANA-10")
def test_the_median_of_relations_counts_those_that_still_stand():
    ended = curve([2, 4, 6, 8, 10], [True] * 5)
    assert (ended.shares[-1], ended.low[-1], ended.high[-1]) == (0, 0, 0)  # never "not a number"
    assert ended.median == 6
    standing = curve([2, 4, 6, 8, 10], [True, False, True, False, False])
    # 4/5, then 3 are left at 6: 4/5 · 2/3 = 8/15, more than half
    assert standing.at(6) == pytest.approx(8 / 15)
    assert standing.median is None
    assert curve([2, 4, 6, 8], [True, False, True, True]).median == 6
    assert curve([], []) is None
    assert concordance([1, 2, 3], [True, True, False], [3, 2, 1]) == 1
    assert concordance([1, 2, 3], [True, True, False], [1, 1, 1]) == 0.5


@pytest.mark.spec("ANA-57")
def test_what_the_customer_gets_is_weighed_by_what_is_known():
    assert for_customer(Received()) is None
    only = for_customer(Received(rating=8.0))
    assert only.score == 80
    both = for_customer(Received(rating=8.0, promises=(1, 2), discount=0.02))
    # (80 · 35 + 50 · 20 + 40 · 10) / 65
    assert both.score == pytest.approx(4200 / 65)
    assert sum(part.points for part in both.parts) == pytest.approx(both.score)


def test_the_next_talk_learns_from_answers_and_respects_refusals():
    talks = [Talk("phone", 19, False, True) for _n in range(5)]
    talks += [Talk("wechat", 10, False, False) for _n in range(5)]
    others = [Counted("wechat", (9, 12), False, 100, 60), Counted("sms", (18, 21), True, 50, 5)]
    best = next_talk(talks, others, allowed=["phone", "wechat", "sms"])
    assert (best.channel, best.slot, best.basis) == ("phone", (18, 21), Basis.OWN)
    assert (best.tried, best.answered) == (5, 5)
    assert best.chance == pytest.approx(6 / 8)
    without = next_talk(talks, others, allowed=["wechat", "sms"])
    # 0 of 5, drawn towards 61/103 as if three were seen
    assert (without.channel, without.chance) == ("wechat", pytest.approx(3 * 61 / 103 / 8))
    fresh = next_talk([], others, allowed=["wechat", "sms"])
    assert (fresh.channel, fresh.basis, fresh.tried) == ("wechat", Basis.OTHERS, 100)
    assert next_talk([Talk("phone", 3, False, True)], [], allowed=["phone"]) is None


def test_advice_only_where_chance_does_not_explain_it():
    sure = [Way("video", 200, 10), Way("referral", 100, 40), Way("fair", 5, 5)]
    worse, better = shift(sure)
    assert (worse.name, better.name) == ("video", "referral")
    assert shift([Way("video", 30, 10), Way("referral", 30, 12)]) is None
    assert shift([Way("video", 200, 10)]) is None
    assert chance(0, 10, 0, 10) == 1
    before = [Step("contacted", 300, 270), Step("visited", 270, 120), Step("signed", 120, 30)]
    now = [Step("contacted", 300, 265), Step("visited", 265, 60), Step("signed", 60, 14)]
    old, new = weakest(before, now)
    assert (new.name, old.went_on, new.went_on) == ("visited", 120, 60)
    assert weakest(before, before) is None
