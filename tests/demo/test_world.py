"""The model behind the demo company: its distributions, and what the best forecast can reach."""

import math
from dataclasses import replace
from statistics import mean

import pytest

from crm_site.demo.world import (
    CLAIM,
    REALISTIC,
    STAGES,
    Facts,
    area_under_curve,
    draw,
    observed_chance,
    other_part,
    price_part,
    service_part,
)

CALM = Facts(
    stage="intent",
    channel="agent",
    project=0,
    consultant=0,
    response_hours=0,
    silent_days=0,
    late_complaints=0,
    complaints=0,
    satisfaction=None,
    was_reassigned=False,
    price_changes=0,
    price_change_percent=0,
    budget_gap=0,
    delay_months=0,
    visits=0,
    saw_competitor=False,
    loan_refused=False,
    referrals=0,
    owns_already=False,
)


def a_world(world, *, seed, count=20_000):
    homes = [number % 12 for number in range(60)]
    return draw(world=world, count=count, projects=12, consultants=homes, seed=seed).people


def test_nothing_happened_adds_nothing():
    assert (service_part(CALM), price_part(CALM), other_part(CALM)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("part", "change", "added"),
    [
        (service_part, {"response_hours": math.e - 1}, 0.22),
        (service_part, {"silent_days": 7 * (math.e - 1)}, 0.45),
        (service_part, {"complaints": 1, "late_complaints": 1}, 0.90),
        (service_part, {"complaints": 3, "late_complaints": 3}, 1.80),
        (service_part, {"complaints": 2}, 0.20),
        (service_part, {"satisfaction": 5.0}, -0.90),
        (service_part, {"was_reassigned": True}, 0.50),
        (price_part, {"price_changes": 5}, 1.35),
        (price_part, {"price_change_percent": 10}, 0.80),
        (price_part, {"budget_gap": 0.2}, 0.50),
        (other_part, {"channel": "short_video"}, 0.35),
        (other_part, {"delay_months": 9}, 1.44),
        (other_part, {"visits": 6}, -1.40),
        (other_part, {"saw_competitor": True, "loan_refused": True}, 2.00),
        (other_part, {"referrals": 3, "owns_already": True}, -1.40),
    ],
)
def test_each_fact_adds_what_the_model_says(part, change, added):
    assert part(replace(CALM, **change)) == pytest.approx(added)


def test_the_average_over_what_cannot_be_seen_is_exact():
    """Against a sum over 20,001 points of the normal distribution."""
    base, sigma = -1.0, 0.6
    grid = [-6 + 12 * number / 20_000 for number in range(20_001)]
    weights = [math.exp(-(z**2) / 2) for z in grid]
    slow = sum(w / (1 + math.exp(-(base + sigma * z))) for w, z in zip(weights, grid, strict=True))
    assert observed_chance(base, sigma) == pytest.approx(slow / sum(weights), abs=1e-6)


def test_the_same_seed_draws_the_same_people():
    assert a_world(REALISTIC, seed=3, count=200) == a_world(REALISTIC, seed=3, count=200)
    assert a_world(REALISTIC, seed=3, count=200) != a_world(REALISTIC, seed=4, count=200)


def test_the_realistic_world_has_the_shares_it_is_meant_to_have():
    people = a_world(REALISTIC, seed=2)
    lost = [fate.lost_in_week is not None for _facts, fate in people]
    assert mean(lost) == pytest.approx(0.287, abs=0.02)
    meant = {"intent": 0.38, "visited": 0.283, "subscribed": 0.143, "signed": 0.085}
    for stage, share in (meant | {"handed_over": 0.027}).items():
        chances = [fate.observed_chance for facts, fate in people if facts.stage == stage]
        assert len(chances) / len(people) == pytest.approx(STAGES[stage][0], abs=0.01)
        assert mean(chances) == pytest.approx(share, abs=0.025), stage
    red = mean(fate.observed_chance >= REALISTIC.red_cut for _facts, fate in people)
    assert red == pytest.approx(0.179, abs=0.025)
    cited = [fate.reasons for _facts, fate in people if fate.lost_in_week is not None]
    assert mean("service" in reasons for reasons in cited) == pytest.approx(0.72, abs=0.03)
    assert mean("price" in reasons for reasons in cited) == pytest.approx(0.65, abs=0.03)


@pytest.mark.parametrize(("world", "reached"), [(REALISTIC, 0.836), (CLAIM, 0.9095)])
def test_the_best_forecast_reaches_what_the_world_allows(world, reached):
    people = a_world(world, seed=3)
    seen = [(fate.observed_chance, fate.lost_in_week is not None) for _facts, fate in people]
    known = [(fate.chance, fate.lost_in_week is not None) for _facts, fate in people]
    assert area_under_curve(seen) == pytest.approx(reached, abs=0.012)
    assert area_under_curve(known) > area_under_curve(seen)


def test_the_area_counts_ties_half():
    assert area_under_curve([(0.9, True), (0.5, True), (0.5, False), (0.1, False)]) == 0.875
