"""The candidates, their evaluation without the library, and the choice among them."""

import json

import numpy as np
import pytest

from analytics.scoring.rules import CATEGORY, NUMBER, Column, Table, champion_from_json, train
from analytics.scoring.rules.boosting import SMALL, fitted_booster, matrix, taken_over
from analytics.scoring.rules.calibration import Calibration
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.designs import fit_binned, fit_logistic
from analytics.scoring.rules.figures import roc_auc
from analytics.scoring.rules.references import references_of
from analytics.scoring.rules.training import (
    LOSSES_FOR_TRYING,
    Tried,
    allowed,
    engines_for,
    simplest,
)
from analytics.scoring.rules.trees import boosted_from_json
from tests.analytics.scoring.data import world


def crooked(rows, seed):
    """Return rows in which only a product of two inputs counts, with levels and gaps."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=rows), rng.normal(size=rows)
    level = rng.choice(list("abcdefgh"), rows).astype(object)
    odds = 2.0 * first * second - 1 + np.isin(level, ["b", "e"])
    labels = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    first[rng.random(rows) < 0.1] = np.nan
    level[rng.random(rows) < 0.05] = None
    columns = (
        Column("first", NUMBER, "one"),
        Column("level", CATEGORY, "two"),
        Column("second", NUMBER, "one"),
    )
    return Table(columns, {"first": first, "second": second, "level": level}), labels


@pytest.mark.parametrize("settings", [{**SMALL, "max_iter": 40}, {"max_iter": 25}])
def test_our_trees_give_what_the_library_gives(settings):
    table, labels = crooked(2000, 1)
    other, _ = crooked(1500, 2)
    other.values["level"][:20] = "never seen"
    other.values["second"][:5] = np.inf
    library, inputs, left_out = fitted_booster(table, labels, settings)
    ours = boosted_from_json(json.loads(json.dumps(taken_over(library, inputs).as_json())))
    assert left_out == {}
    for one in (table, other):
        expected = library.decision_function(matrix(inputs, one))
        assert np.abs(ours.logits(one) - expected).max() < 1e-9


def test_the_ways_down_the_trees_add_up():
    table, labels = crooked(2000, 3)
    library, inputs, _ = fitted_booster(table, labels, {"max_iter": 20})
    model = taken_over(library, inputs)
    found = Champion(
        "boosted", model, table.columns, Calibration(), references_of(table, labels, "")
    ).explain(table)
    assert set(found.blocks) == {"one", "two"}
    assert np.abs(found.base + found.parts.sum(axis=1) - found.odds).max() < 1e-6
    assert np.abs(found.odds - model.logits(table)).max() < 1e-9


def test_scaled_logistic_regression_is_that_of_the_library():
    from sklearn.linear_model import LogisticRegression

    table, labels = world(600)
    table = table.only(["gap", "reassigned"])
    model, _ = fit_logistic(table, labels)
    raw = np.column_stack([table.values["gap"], table.values["reassigned"]])
    scaled = (raw - raw.mean(0)) / raw.std(0)
    library = LogisticRegression(C=1.0, tol=1e-8).fit(scaled, labels)
    assert np.abs(model.logits(table) - library.decision_function(scaled)).max() < 1e-3


def test_bins_find_a_bend_that_a_line_misses():
    rng = np.random.default_rng(5)
    x = rng.uniform(-3, 3, 3000)
    labels = (rng.random(3000) < 1 / (1 + np.exp(2 - 4 * (np.abs(x) < 1)))).astype(float)
    table = Table((Column("x"),), {"x": x})
    line, bins = (fit(table, labels)[0].logits(table) for fit in (fit_logistic, fit_binned))
    assert roc_auc(labels, line) < 0.6 < 0.8 < roc_auc(labels, bins)


def test_only_trees_find_a_product_and_so_they_win():
    table, labels = crooked(3000, 4)
    champion = train(table, labels, seed=1)
    assert champion.engine in ("boosted", "boosted_default")
    again = champion_from_json(json.loads(json.dumps(champion.to_json())))
    assert np.array_equal(again.logits(table), champion.logits(table))


def test_the_simplest_within_three_thousandths_is_kept():
    def tried(engine, auc):
        return Tried(engine, (auc,) * 3, np.zeros(1))

    assert simplest([tried("logistic", 0.8402), tried("binned", 0.843)]).engine == "logistic"
    assert simplest([tried("logistic", 0.8398), tried("binned", 0.843)]).engine == "binned"


def test_trees_need_eight_hundred_losses_or_a_gain_beyond_chance():
    plain = Tried("binned", (0.80, 0.82, 0.81), np.zeros(1))
    little = Tried("boosted", (0.83, 0.83, 0.84), np.zeros(1))
    much = Tried("boosted", (0.85, 0.86, 0.87), np.zeros(1))
    assert allowed([plain, little], 799) == [plain]
    assert allowed([plain, much], 799) == [plain, much]
    assert allowed([plain, little], 800) == [plain, little]
    assert engines_for(LOSSES_FOR_TRYING - 1) == ("logistic", "binned")
