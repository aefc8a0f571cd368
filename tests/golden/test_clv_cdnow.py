"""Known parameters, forecasts and values of repeat payments on CDNOW (ANA-50)."""

import csv
import datetime as dt
from collections import defaultdict

import numpy as np
import pytest

from analytics.value.rules.btyd import Spending, fit_buying, fit_spending, lifetime_value
from tests.golden.known_answers import data_path, whole_case

ONE_PERCENT = 0.01
INDIVIDUAL = 0.001
WEEKS = 39
WEEKS_A_MONTH = 4.345


def columns(path, *names):
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[name]) for row in rows]) for name in names]


def relative(expected):
    return pytest.approx(expected, rel=ONE_PERCENT)


def check_all(_name, case):
    given, expected = case["input"], case["expected"]
    x, t_x, age = columns(data_path(given["bgnbd_file"]), "frequency", "recency", "T")
    assert len(x) == expected["customers"]
    buying = fit_buying(x, t_x, age)
    found = {name: getattr(buying, name) for name in expected["bgnbd"]}
    assert found == {name: relative(value) for name, value in expected["bgnbd"].items()}
    assert buying.log_likelihood == pytest.approx(expected["bgnbd_loglik"], abs=0.01)
    for one in expected["individual"]:
        who = one["input"]["frequency"], one["input"]["recency"], one["input"]["T"]
        ahead = one["expected"]["expected_purchases_next_39_weeks"]
        assert float(buying.purchases(WEEKS, *who)) == pytest.approx(ahead, abs=INDIVIDUAL)
        alive = one["expected"]["p_alive"]
        assert float(buying.alive(*who)) == pytest.approx(alive, abs=INDIVIDUAL)
    total = float(buying.purchases(WEEKS, x, t_x, age).sum())
    assert total == relative(expected["expected_purchases_39w_total_all"])
    check_money(given, expected, buying)
    check_log(given, expected["from_raw_log"])


def check_money(given, expected, buying):
    path = data_path(given["monetary_file"])
    ids, x, t_x, age, spent = columns(path, "ID", "x", "t_x", "T", "zbar")
    again = x > 0
    assert int(again.sum()) == expected["repeaters"]
    related = float(np.corrcoef(x[again], spent[again])[0, 1])
    assert related == pytest.approx(expected["corr_frequency_monetary_repeaters"], abs=1e-4)
    spending = fit_spending(x, spent)
    assert {name: getattr(spending, name) for name in "pqv"} == {
        name: relative(value) for name, value in expected["gamma_gamma"].items()
    }
    mean = spending.mean(x, spent)
    repeaters = expected["mean_expected_average_profit_repeaters"]
    assert float(mean[again].mean()) == relative(repeaters)
    assert float(mean.mean()) == relative(expected["mean_expected_average_profit_all"])
    months = [buying.purchases(month * WEEKS_A_MONTH, x, t_x, age) for month in range(1, 13)]
    value = lifetime_value(months, mean, monthly=0.01)
    assert float(value.sum()) == relative(expected["sum_clv"])
    for place, one in enumerate(expected["first10"]):
        assert (ids[place], x[place], t_x[place]) == (one["id"], one["frequency"], one["recency"])
        assert float(mean[place]) == relative(one["expected_average_profit"])
        assert float(value[place]) == relative(one["clv_12m_1pct_month"])
    assert isinstance(spending, Spending)


def check_log(given, expected):
    """The log itself: repeats of the first 39 weeks by week, then what really came."""
    cut, end = dt.date(1997, 9, 30), dt.date(1998, 6, 30)
    days = defaultdict(set)
    for line in data_path(given["raw_log"]).read_text(encoding="utf-8").splitlines():
        if line.split():
            _old, who, day, *_rest = line.split()
            days[who].add(dt.date.fromisoformat(day))
    assert len(days) == expected["customers"]
    rows, later = [], []
    for bought in days.values():
        seen = sorted(day for day in bought if day <= cut)
        rows.append((len(seen) - 1, (seen[-1] - seen[0]).days / 7, (cut - seen[0]).days / 7))
        later.append(sum(cut < day <= end for day in bought))
    x, t_x, age = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    buying = fit_buying(x, t_x, age)
    assert {name: getattr(buying, name) for name in expected["params_weeks"]} == {
        name: relative(value) for name, value in expected["params_weeks"].items()
    }
    assert sum(later) == expected["actual_holdout_purchases"]
    ahead = buying.purchases(WEEKS, x, t_x, age)
    assert float(ahead.sum()) == relative(expected["predicted_holdout_purchases"])
    gone = np.array(later) == 0
    risk = expected["auc_of_1-p_alive_for_no_purchase_in_holdout"]
    assert auc(1 - buying.alive(x, t_x, age), gone) == pytest.approx(risk, abs=0.005)
    assert auc(-ahead, gone) == pytest.approx(
        expected["auc_of_minus_expected_purchases"], abs=0.005
    )


def auc(score, positive):
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, score))


def test_known_answers():
    check_all("one", whole_case("clv_cdnow"))
