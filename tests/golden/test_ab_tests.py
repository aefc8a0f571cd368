"""Known two-proportion tests, balances of a draw and sample sizes (MKT-41)."""

import math

import pytest

from crm_site.common.proportions import (
    MISMATCH,
    Share,
    balance,
    compare,
    exact_p,
    least_per_arm,
    sample_size,
)
from tests.golden.known_answers import known_answers

TOLERANCE = 1e-5


def agrees(found, expected):
    """Within 1e-5 or, of z, chi-squared and what is small, within 1e-5 of its size."""
    assert found == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE)


def check_test(_name, case):
    arms = [Share(case["input"][arm]["x"], case["input"][arm]["n"]) for arm in ARMS]
    found = compare(*arms)
    figures = {
        "p_control": found.control.rate,
        "p_treatment": found.treatment.rate,
        "diff": found.difference,
        "rel_lift": found.lift,
        "z_pooled": found.z,
        "p_value": found.p,
        "chi2": found.chi2,
        "ci95_pooled_se": found.pooled,
        "ci95_wald_unpooled": found.wald,
        "ci95_newcombe": found.newcombe,
        "fisher_p": exact_p(*arms),
        "significant_5pct": found.is_clear(),
    }
    expected = {key: value for key, value in case["expected"].items() if key != "note"}
    assert figures.keys() >= expected.keys()
    for key, value in expected.items():
        if isinstance(value, bool):
            assert figures[key] is value
        elif isinstance(value, list):
            agrees(list(figures[key]), value)
        elif value is not None:
            agrees(figures[key], value)
            if key in ("p_value", "fisher_p") and value > 0:
                assert figures[key] == pytest.approx(value, rel=1e-3)


ARMS = ("control", "treatment")


def check_balance(_name, case):
    asked, expected = case["input"], case["expected"]
    share = asked["expected_share"]
    chi2, p = balance([asked[arm] for arm in ARMS], [share, 1 - share])
    agrees(chi2, expected["chi2"])
    agrees(p, expected["p_value"])
    assert (p < MISMATCH) is expected["srm_at_0.001"]


def check_size(_name, case):
    asked = (case["p0"], case["p1"])
    levels = {"alpha": case["alpha"], "power": case["power"]}
    assert least_per_arm(*asked, **levels) == case["n_per_arm"]
    assert sample_size(*asked, **levels) == pytest.approx(case["n_exact"], rel=TOLERANCE)


SECTIONS = {"cases": check_test, "srm": check_balance, "sample_size": check_size}


@pytest.mark.parametrize(("check", "name", "case"), known_answers("ab_tests", SECTIONS))
def test_known_answers(check, name, case):
    check(name, case)


def test_arms_without_any_success_differ_by_chance_only():
    found = compare(Share(0, 40), Share(0, 50))
    assert (found.difference, found.lift, found.z, found.p) == (0, None, 0, 1)
    assert found.newcombe[0] < 0 < found.newcombe[1]
    assert exact_p(Share(0, 40), Share(0, 50)) == pytest.approx(1)


def test_nobody_in_an_arm_is_refused():
    with pytest.raises(ValueError, match="empty"):
        compare(Share(0, 0), Share(1, 2))
    with pytest.raises(ValueError, match="hits"):
        Share(3, 2)


@pytest.mark.parametrize(
    ("counts", "shares", "p"),
    [
        ([500, 500, 500], [1, 1, 1], 1.0),
        ([50, 30, 20], [0.5, 0.25, 0.25], math.exp(-1.0)),  # chi2 = 2, two degrees
        ([0, 0], [0.5, 0.5], 1.0),
    ],
)
def test_a_draw_of_several_arms(counts, shares, p):
    assert balance(counts, shares)[1] == pytest.approx(p)


def test_four_arms_have_three_degrees():
    scipy_stats = pytest.importorskip("scipy.stats")
    counts, shares = [310, 240, 260, 190], [0.25] * 4
    expected = scipy_stats.chisquare(counts, [250] * 4)
    assert balance(counts, shares) == pytest.approx(tuple(expected))
