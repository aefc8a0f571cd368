"""The formula of value by hand, shares of a cost, rates of cohorts, cells (ANA-09, 12, 44, 50)."""

from decimal import Decimal

import pytest

from analytics.value.rules.cells import Facts, Limits, cells_of
from analytics.value.rules.clv import (
    Known,
    Rates,
    Terms,
    ageing,
    allocate,
    annuity,
    closed_form,
    shrunk,
    worth,
)
from analytics.value.rules.cohorts import Exposure, backtest, rates_of

D = Decimal
TERMS = Terms(
    margin=D("0.20"),
    fee_margin=D("0.15"),
    fee_per_home=D(3600),
    fee_stay=D("0.9"),
    horizon=2,
    discount=D("0.10"),
)
RATES = Rates(
    second=(D("0.05"), D("0.02"), *([D("0.01")] * 9)),
    referral=tuple([D("0.10")] * 11),
    first={"deciding": D("0.25")},
    price=D(1_000_000),
)


@pytest.mark.spec("ANA-09")
def test_the_value_of_an_owner_by_hand():
    known = Known(
        agreed=D(2_000_000),
        contracts=1,
        age=0,
        fees=D(10_000),
        returns=D(500),
        homes=1,
        stage="moved_in",
        cost=D("61800.35"),
    )
    found = worth(known, TERMS, RATES)
    assert found.contract == D(400_000)  # 20 % of 2,000,000
    assert found.received == D(2_000)  # 15 % of 10,000 and the whole return of 500
    assert found.first == 0
    # 0.05 / 1.1 + 0.02 / 1.21 = 0.061983, of a margin of 400,000
    assert found.second == D("24793.20")
    # 0.10 / 1.1 + 0.10 / 1.21 = 0.173554, of a margin of 200,000
    assert found.referral == D("34710.80")
    # 540 a year: 0.9 / 1.1 + 0.81 / 1.21 = 1.487603
    assert found.fees == D("803.31")
    assert found.gross == D("462307.31")
    assert found.gross - known.cost == found.net == D("400506.96")
    assert found.expected == found.second + found.referral + found.fees


@pytest.mark.spec("ANA-09")
def test_before_the_purchase_the_chance_of_the_stage_counts():
    wish = worth(Known(stage="deciding", wish=D(3_000_000)), TERMS, RATES)
    assert (wish.first, wish.gross) == (D(150_000), D(150_000))  # 25 % of a margin of 600,000
    usual = worth(Known(stage="deciding"), TERMS, RATES)
    assert usual.first == D(50_000)
    assert worth(Known(stage="preparing"), TERMS, RATES).gross == 0


def test_factors():
    assert annuity(TERMS) == D("1.735537")
    assert ageing(RATES.second, 10, TERMS) == D("0.017355")
    assert closed_form(D(100), D("0.8"), D("0.1")).quantize(D("0.0001")) == D("266.6667")
    assert closed_form(D(100), D(2), D("0.1")) is None
    assert shrunk(0, 0, prior=D("0.03"), weight=200) == D("0.03")
    assert shrunk(12, 400, prior=D("0.01"), weight=200) == D("0.023333")


@pytest.mark.spec("ANA-12")
@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        ("100.00", {1: 1, 2: 1, 3: 1}, ["33.34", "33.33", "33.33"]),
        ("0.05", {7: 1, 8: 3, 9: 2}, ["0.01", "0.02", "0.02"]),
        ("-100.00", {1: 1, 2: 1, 3: 1}, ["-33.34", "-33.33", "-33.33"]),
        ("12.34", {1: 5}, ["12.34"]),
        ("12.34", {}, []),
        ("12.34", {1: 0}, []),
    ],
)
def test_shares_of_a_cost_add_up_to_it(total, weights, shares):
    found = allocate(D(total), weights)
    assert [str(share) for share in found.values()] == shares
    assert sum(found.values(), D(0)) == (D(total) if shares else 0)


def test_a_large_cost_among_many():
    found = allocate(D("99999.99"), {key: key % 7 + 1 for key in range(1000)})
    assert sum(found.values()) == D("99999.99")
    assert max(found.values()) - D("99999.99") * 7 / sum(k % 7 + 1 for k in range(1000)) < D("0.01")


def grown(cohort, until, second, referral):
    """Return a cohort of 1,000 owners, seen until so many years after the first purchase."""
    return [
        Exposure(cohort, age, 1000.0, 1000, round(1000 * second[age]), round(1000 * referral[age]))
        for age in range(until)
    ]


@pytest.mark.spec("ANA-50")
def test_rates_of_cohorts_foresee_the_next_year_better_than_one_rate():
    """Planted: further purchases come mostly in years 3 and 4, referrals mostly in year 1."""
    second = (0.005, 0.01, 0.06, 0.05, 0.01, 0.005)
    referral = (0.12, 0.05, 0.02, 0.01, 0.01, 0.01)
    before = [row for c in range(5) for row in grown(2020 + c, 5 - c, second, referral)]
    after = [row for c in range(5) for row in grown(2020 + c, 6 - c, second, referral)]
    tested = backtest(before, after)
    assert [line.cohort for line in tested.lines] == [2020, 2021, 2022, 2023, 2024]
    assert [line.second for line in tested.lines] == [5, 10, 50, 60, 10]
    assert tested.error < 0.5 * tested.naive_error
    assert tested.expected == pytest.approx(tested.actual, rel=0.15)
    found, told = rates_of(before)
    assert float(found[2]) == pytest.approx(0.06, abs=0.004)
    assert float(told[0]) == pytest.approx(0.12, abs=0.004)
    assert backtest([], after) is None


@pytest.mark.spec("ANA-44")
@pytest.mark.parametrize(
    ("facts", "cells"),
    [
        (
            Facts(D(500_000), "parents", "自住", 60, "deciding"),
            "high parents active deciding",
        ),
        (Facts(D(499_999), "", " 自住 ", 59, "watching"), "middle own_use warm watching"),
        (Facts(D(99_999), "", "别的", 24, "preparing"), "low unknown quiet preparing"),
        (Facts(D(-5), "", "", None, "moved_in", has_left=True), "low unknown silent left"),
    ],
)
def test_everybody_is_in_one_cell_of_each_method(facts, cells):
    found = cells_of(facts, Limits(500_000, 100_000), {"自住": "own_use"})
    assert f"{found.value} {found.need} {found.behaviour} {found.stage}" == cells
