"""Forecast, steps and the clause, as tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delays.rules import (
    Chain,
    Clause,
    Node,
    Offer,
    chain_of,
    compensation,
    days_late,
    facility_late,
    handover_forecast,
    step_of,
    unknown_names,
)

TODAY = date(2026, 5, 20)


def day(number: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=number)


def node(planned: int, reached: int | None = None, kind: str = "facade") -> Node:
    return Node(kind, day(planned), None if reached is None else day(reached))


@pytest.mark.parametrize(
    ("nodes", "behind", "ready"),
    [
        ([], 0, None),
        ([node(-50, -50)], 0, None),
        ([node(-50, -40)], 10, None),
        ([node(-50, -60)], 0, None),  # time won is not counted on
        ([node(-90, -60), node(-50, -50)], 0, None),  # caught up since
        ([node(-50, -40), node(-30)], 30, None),  # overdue says more than the last one reached
        ([node(-50, -10), node(-5)], 40, None),  # the last one reached says more
        ([node(-50, -40), node(60)], 10, None),
        ([node(60, kind="completion")], 0, 90),
        ([node(-50, -40), node(60, kind="completion")], 10, 100),
        ([node(-20, kind="completion")], 20, 30),
        ([node(-20, -10, kind="completion")], 10, 20),
        ([node(-20, -10, kind="completion"), node(-5)], 10, 20),
    ],
)
def test_a_chain_says_how_far_it_is_behind_and_when_it_is_ready(nodes, behind, ready) -> None:
    found = chain_of(nodes, handover_days=30, today=TODAY)
    assert found == Chain(behind, None if ready is None else day(ready))


@pytest.mark.parametrize(
    ("chains", "offer", "forecast"),
    [
        ([], Offer(), 100),
        ([Chain(0, day(90))], Offer(), 90),
        ([Chain(40, day(130))], Offer(), 130),
        ([Chain(25, None)], Offer(), 125),
        ([Chain(0, day(90)), Chain(25, None)], Offer(), 125),  # the gardens of the project
        ([Chain(0, day(90))], Offer(planned_on=day(120)), 120),
        ([Chain(40, day(130))], Offer(planned_on=day(95)), 130),  # no batch before its building
        ([Chain(40, day(130))], Offer(offered_on=day(99), planned_on=day(95)), 99),
        ([Chain(0, day(-10))], Offer(), 0),  # ready, nothing planned: today at the earliest
    ],
)
def test_the_day_a_home_is_expected(chains, offer, forecast) -> None:
    found = handover_forecast(day(100), chains=chains, offer=offer, today=TODAY)
    assert found == day(forecast)


def test_a_promised_day_that_has_passed_is_late_without_any_node() -> None:
    forecast = handover_forecast(day(-3), chains=[], offer=Offer(), today=TODAY)
    assert days_late(day(-3), forecast) == 3


@pytest.mark.parametrize(
    ("due", "expected", "late"),
    [(10, None, 0), (10, 10, 0), (10, 11, 1), (-5, None, 5), (-5, -2, 5), (-5, 20, 25)],
)
def test_a_facility_is_late_by_its_expected_day_or_by_today(due, expected, late) -> None:
    named = None if expected is None else day(expected)
    assert facility_late(day(due), named, today=TODAY) == late


@pytest.mark.parametrize(
    ("days", "step"), [(0, 0), (1, 1), (29, 1), (30, 30), (59, 30), (400, 180)]
)
def test_the_step_that_days_have_reached(days, step) -> None:
    assert step_of(days, (180, 1, 30, 60, 90)) == step


@pytest.mark.parametrize(
    ("days", "clause", "owed"),
    [
        (0, Clause(Decimal(1), Decimal(10), 0), "0.00"),
        (20, Clause(Decimal(1), Decimal(10), 0), "200.00"),
        (20, Clause(Decimal("0.5"), Decimal(10), 0), "100.00"),
        (20, Clause(Decimal(1), Decimal(10), 15), "50.00"),
        (20, Clause(Decimal(1), Decimal(10), 30), "0.00"),
        (2000, Clause(Decimal(1), Decimal(10), 0), "10000.00"),
        (2000, Clause(Decimal(1), Decimal(0), 0), "20000.00"),  # no cap
    ],
)
def test_what_the_clause_owes_for_a_hundred_thousand(days, clause, owed) -> None:
    assert compensation(Decimal(100_000), days, clause) == Decimal(owed)


def test_half_a_cent_is_rounded_up() -> None:
    assert compensation(Decimal(50), 1, Clause(Decimal(1), Decimal(0), 0)) == Decimal("0.01")


@given(
    base=st.decimals(min_value=0, max_value=10**8, places=2),
    days=st.integers(min_value=0, max_value=5000),
)
def test_more_days_never_owe_less_and_the_cap_holds(base: Decimal, days: int) -> None:
    clause = Clause(Decimal(1), Decimal(10), 0)
    owed = compensation(base, days, clause)
    assert 0 <= owed <= compensation(base, days + 1, clause) <= base / 10 + Decimal("0.01")


def test_names_nothing_fills_are_found_once() -> None:
    assert unknown_names("{unit} {days} {unit} {who}", ("days",)) == ["unit", "who"]
