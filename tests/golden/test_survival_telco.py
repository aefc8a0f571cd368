"""Known survival curve, medians, log-rank test and concordance on Telco (ANA-10)."""

import csv
import math

import numpy as np
import pytest

from analytics.value.rules.survival import concordance, cox, curve, log_rank
from tests.golden.known_answers import data_path, whole_case

TOLERANCE = 0.0001
MONTHLY = "Month-to-month"


def rows_of(case):
    with data_path(case["input"]["file"]).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def case():
    return whole_case("survival_telco")


@pytest.fixture(scope="module")
def telco(case):
    rows = rows_of(case)
    tenure = np.array([float(row["tenure"]) for row in rows])
    left = np.array([row["Churn"] == "Yes" for row in rows])
    return rows, tenure, left


def median(value):
    return math.inf if value is None else value


def test_the_curve_and_its_medians(case, telco):
    rows, tenure, left = telco
    expected = case["expected"]
    everybody = curve(tenure, left)
    for month, share in expected["km_survival"].items():
        assert everybody.at(float(month)) == pytest.approx(share, abs=TOLERANCE)
    assert median(everybody.median) == float(expected["km_median_all"])
    monthly = np.array([row["Contract"] == MONTHLY for row in rows])
    short = curve(tenure[monthly], left[monthly])
    assert median(short.median) == float(expected["km_median_month_to_month"])


def test_the_log_rank_test(case, telco):
    rows, tenure, left = telco
    expected = case["expected"]["logrank_contract_month_vs_other"]
    statistic, p = log_rank(tenure, left, [row["Contract"] == MONTHLY for row in rows])
    assert statistic == pytest.approx(expected["test_statistic"], abs=TOLERANCE)
    assert p == pytest.approx(expected["p"], abs=TOLERANCE)


def test_the_concordance_of_a_cox_model(case, telco):
    """The case does not name its columns, so a model of contract, charges and services has to
    order at least as well as the one it was taken from.
    """
    rows, tenure, left = telco
    columns = np.array(
        [
            [
                row["Contract"] == "One year",
                row["Contract"] == "Two year",
                float(row["MonthlyCharges"]),
                row["InternetService"] == "Fiber optic",
                row["InternetService"] == "No",
                row["OnlineSecurity"] == "Yes",
                row["TechSupport"] == "Yes",
                row["Partner"] == "Yes",
                row["PaymentMethod"] == "Electronic check",
                row["PaymentMethod"] == "Mailed check",
            ]
            for row in rows
        ],
        dtype=float,
    )
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    risk = columns @ cox(tenure, left, columns)
    least = case["expected"]["cox_concordance_in_sample"]
    assert concordance(tenure, left, risk) >= least - TOLERANCE
    assert concordance(tenure, left, -risk) <= 1 - least + TOLERANCE
