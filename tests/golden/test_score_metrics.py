"""Known figures of scores: order, probability, lift, drift (ANA-48)."""

import re

import pytest

from analytics.scoring.rules import figures
from tests.golden.known_answers import known_answers

TOLERANCE = 1e-5
BY_NAME = {
    "roc_auc": figures.roc_auc,
    "average_precision": figures.average_precision,
    "brier": figures.brier,
    "log_loss": figures.log_loss,
    "ks": figures.ks,
    "mean_p": lambda y, p: figures.metrics(y, p).mean_p,
    "base_rate": lambda y, p: figures.metrics(y, p).base_rate,
}


def figure(name, given):
    if name == "psi":
        return figures.psi(given["expected"], given["actual"])
    y, p = given["y"], given["p"]
    if bins := re.fullmatch(r"ece_(\d+)_equal_mass", name):
        return figures.ece(y, p, int(bins[1]))
    if share := re.fullmatch(r"lift_at_(\d+)pct", name):
        return figures.lift(y, p, int(share[1]) / 100)
    return BY_NAME[name](y, p)


def check_case(_name, case):
    for name, expected in case["expected"].items():
        assert figure(name, case["input"]) == pytest.approx(expected, abs=TOLERANCE), name


@pytest.mark.parametrize(
    ("check", "name", "case"), known_answers("score_metrics", {"cases": check_case})
)
def test_known_answers(check, name, case):
    check(name, case)
