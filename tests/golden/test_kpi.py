"""Known rates, costs and lifetime values (ANA-03 to ANA-09)."""

from decimal import Decimal

import pytest

from analytics.kpis.rules import formulas
from tests.golden.known_answers import known_answers

TOLERANCE = 0.0001


def number(value):
    return None if value is None else Decimal(str(value))


def churn(asked):
    rate = formulas.rate(asked["lost_of_those"], asked["customers_at_start"])
    end = asked["customers_at_start"] - asked["lost_of_those"] + asked["new_in_period"]
    return {
        "churn_rate": rate / 100,
        "retention_rate": formulas.complement(rate) / 100,
        "customers_at_end": end,
    }


def converted(asked):
    quarterly = number(asked["quarterly_churn"])
    return {
        "monthly_equiv": formulas.per_month(quarterly),
        "annual_equiv": formulas.per_year(quarterly),
    }


def cost(asked):
    spent = (number(asked["marketing_spend"]), number(asked["sales_spend"]))
    return {"cac": formulas.acquisition_cost(*spent, asked["new_customers"])}


def ratio(asked):
    return {"ratio": formulas.quotient(number(asked["clv"]), number(asked["cac"]))}


def again(asked):
    bought = formulas.rate(asked["with_second_purchase"], asked["customers"])
    brought = formulas.rate(asked["orders_from_referral"], asked["orders"])
    return {"repurchase_rate": bought / 100, "referral_share": brought / 100}


def lifetime(asked):
    value = formulas.lifetime_value(
        number(asked["margin"]),
        retention=number(asked["retention"]),
        discount=number(asked["discount"]),
    )
    return {"clv": value}


RUNNERS = {
    "customers_at_start": churn,
    "quarterly_churn": converted,
    "marketing_spend": cost,
    "clv": ratio,
    "with_second_purchase": again,
    "margin": lifetime,
}


def check_case(name, case):
    asked = case["input"]
    run = next((runner for key, runner in RUNNERS.items() if key in asked), None)
    assert run is not None, f"no formula takes the input of {name}"
    found = run(asked)
    expected = {key: value for key, value in case["expected"].items() if key != "note"}
    assert found.keys() >= expected.keys()
    for key, value in expected.items():
        if value is None:
            assert found[key] is None
        else:
            assert float(found[key]) == pytest.approx(value, abs=TOLERANCE)


@pytest.mark.parametrize(("check", "name", "case"), known_answers("kpi", {"cases": check_case}))
def test_known_answers(check, name, case):
    check(name, case)
