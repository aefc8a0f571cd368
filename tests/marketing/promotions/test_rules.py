"""The pure rules of promotions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from marketing.promotions.rules.offers import (
    Offer,
    exclusive_overlaps,
    may_stack,
    money_off,
    obstacle,
    overlap,
)
from marketing.promotions.rules.sheets import (
    Window,
    baseline_of,
    group_reached,
    missing_inputs,
    signers,
    uplift_percent,
)

D = Decimal
START = datetime(2026, 5, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)
ONE = Offer(key=1, project=7, starts_at=START, ends_at=END, stacking="exclusive")


@pytest.mark.parametrize(
    ("change", "clashes"),
    [
        ({}, True),
        ({"starts_at": END, "ends_at": END + timedelta(days=1)}, False),  # one after the other
        ({"starts_at": END - timedelta(seconds=1), "ends_at": END + timedelta(days=1)}, True),
        ({"project": 8}, False),
        ({"stacking": "stackable"}, False),
        ({"buildings": frozenset({3})}, True),  # the other holds everywhere
    ],
)
def test_exclusive_promotions_of_one_project_do_not_overlap(change, clashes) -> None:
    other = replace(ONE, key=2, **change)
    assert exclusive_overlaps(ONE, [ONE, other]) == ([2] if clashes else [])


def test_different_buildings_do_not_overlap() -> None:
    east, west = (replace(ONE, key=key, buildings=frozenset({key})) for key in (1, 2))
    assert not overlap(east, west)
    assert overlap(east, replace(west, buildings=frozenset({1, 2})))


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({}, START, ""),
        ({}, END, "expired"),
        ({}, END - timedelta(seconds=1), ""),
        ({}, START - timedelta(seconds=1), "not_begun"),
        ({"state": "waiting"}, START, "not_approved"),
        ({"left": 0}, START, "sold_out"),
        ({"left": 1}, START, ""),
        ({"buildings": frozenset({4})}, START, "elsewhere"),
        ({"project": 8}, START, "elsewhere"),
    ],
)
def test_what_keeps_an_offer_from_a_unit(change, at, words) -> None:
    assert obstacle(replace(ONE, **change), project=7, building=3, at=at) == words


def test_stacking_and_money() -> None:
    assert may_stack([])
    assert may_stack(["exclusive"])
    assert may_stack(["stackable"] * 3)
    assert not may_stack(["exclusive", "stackable"])
    total = D(1_964_000)
    assert money_off("percent", D("1.5"), list_total=total) == D(29_460)
    assert money_off("amount", D(10_000), list_total=total) == D(10_000)
    assert money_off("gift", D(500), list_total=total) == D(0)


def test_the_sheet_its_signers_and_its_uplift() -> None:
    assert missing_inputs({"market": " ", "need": "x", "goal": ""}) == ["market", "goal"]
    chain = {"limit": D(200_000), "first": "a", "last": "b"}
    assert signers(D(200_000), **chain) == ("a",)
    assert signers(D("200000.01"), **chain) == ("a", "b")
    assert baseline_of(Window(START, END)) == Window(START - (END - START), START)
    assert uplift_percent(baseline=D(4), during=D(5)) == D("25.0")
    assert uplift_percent(baseline=D(0), during=D(5)) is None
    assert [group_reached(size, needed=3) for size in (2, 3, 4)] == [False, True, True]
