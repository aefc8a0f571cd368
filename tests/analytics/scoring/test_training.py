"""Training on good and bad tables: reasons, calibration, groups, leaks, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest

import analytics.scoring
from analytics.scoring.rules import (
    CATEGORY,
    NUMBER,
    BrokenModelError,
    CannotTrainError,
    Column,
    Table,
    champion_from_json,
    train,
)
from analytics.scoring.rules.calibration import calibrate
from analytics.scoring.rules.champion import checksum
from analytics.scoring.rules.figures import ece, expit
from analytics.scoring.rules.folds import folds_of, groups_of
from analytics.scoring.rules.gates import calibration_refusal, examine, takes_over
from analytics.scoring.rules.references import references_of
from tests.analytics.scoring.data import world


@pytest.fixture(scope="module")
def trained():
    table, labels = world(3000)
    return train(table, labels, seed=1, stage="stage"), table, labels


@pytest.mark.spec("BEY-08")
def test_base_and_blocks_are_the_log_odds(trained):
    champion, table, _ = trained
    found = champion.explain(table)
    assert np.abs(found.base + found.parts.sum(axis=1) - found.odds).max() < 1e-6
    assert np.abs(champion.logits(table) - found.odds).max() < 1e-6
    assert np.abs(found.probabilities - expit(found.odds)).max() < 1e-12
    reasons = champion.reasons(table)
    assert set(reasons) == {"channel", "price", "service", "stage"}
    assert np.abs(champion.base(table) + sum(reasons.values()) - found.odds).max() < 1e-6


def test_reasons_are_against_the_median_stayer_of_the_same_stage(trained):
    champion, table, labels = trained
    stayed = (labels == 0) & (table.values["stage"] == "reserved")
    reference = champion.references["reserved"]
    assert reference["gap"] == pytest.approx(np.median(table.values["gap"][stayed]))
    assert reference["stage"] == "reserved"
    usual = Table(
        table.columns, {name: np.array([reference[name]]) for name in champion.references[""]}
    )
    assert all(abs(part[0]) < 1e-9 for part in champion.reasons(usual).values())


def test_a_longer_silence_is_a_service_reason(trained):
    champion, table, _ = trained
    quiet = table.take(np.arange(200))
    quiet.values["silence"] = np.full(200, 80.0)
    near = quiet.take(np.arange(200))
    near.values["silence"] = np.full(200, 1.0)
    gain = champion.reasons(quiet)["service"] - champion.reasons(near)["service"]
    assert (gain > 1.0).all()


def test_the_same_rows_and_seed_give_the_same_model(trained):
    champion, table, labels = trained
    assert train(table, labels, seed=1, stage="stage").to_json() == champion.to_json()


def test_isotonic_calibration_keeps_reasons_exact():
    rng = np.random.default_rng(3)
    odds = rng.normal(0, 2, 4000)
    labels = (rng.random(4000) < expit(0.3 * odds - 1)).astype(float)
    assert calibrate(odds, labels).method == "isotonic"
    assert calibrate(odds[:999], labels[:999]).method == "sigmoid"
    honest = (rng.random(4000) < expit(odds)).astype(float)
    assert calibrate(odds, honest).method == "none"
    assert ece(labels, expit(odds)) > 0.05 > ece(labels, expit(calibrate(odds, labels).apply(odds)))

    table, labels = world(2000)
    champion = train(table, labels, seed=1)
    steep = {**champion.to_json(), "calibration": calibrate(odds, labels_of(odds)).as_json()}
    bent = champion_from_json({**steep, "checksum": checksum(steep)})
    found = bent.explain(table)
    assert np.abs(found.base + found.parts.sum(axis=1) - found.odds).max() < 1e-6
    assert np.abs(bent.logits(table) - found.odds).max() < 1e-6


def labels_of(odds):
    return (np.random.default_rng(8).random(len(odds)) < expit(0.3 * odds)).astype(float)


def test_rows_of_a_group_stay_in_one_fold():
    labels = np.zeros(90)
    labels[::4] = 1
    groups = np.repeat(np.arange(30), 3)
    folds = folds_of(labels, groups, 3, seed=2)
    assert all(len(set(folds[groups == one])) == 1 for one in range(30))
    assert sorted(np.bincount(folds)) == [30, 30, 30]
    plain = folds_of(labels, None, 3, seed=2)
    assert max(labels[plain == one].sum() for one in range(3)) <= 8


def test_rows_alike_in_every_column_are_a_group():
    table, _ = world(300)
    twice = table.take(np.r_[np.arange(300), np.arange(100)])
    groups = groups_of(twice, None)
    assert (groups[:100] == groups[300:]).all()
    assert len(set(groups.tolist())) == 300
    flags = Table((Column("x"),), {"x": np.tile([0.0, 1.0], 500)})
    assert groups_of(flags, None) is None


def test_copies_do_not_flatter_the_figures():
    rng = np.random.default_rng(4)
    noise = Table(
        tuple(Column(f"x{place}") for place in range(6)),
        {f"x{place}": rng.normal(size=900) for place in range(6)},
    )
    labels = (rng.random(900) < 0.4).astype(float)
    copies = noise.take(np.tile(np.arange(900), 3))
    champion = train(copies, np.tile(labels, 3), seed=1)
    assert champion.about["inner"]["auc"] < 0.6


def test_a_column_that_tells_the_outcome_is_named():
    table, labels = world(800)
    rng = np.random.default_rng(1)
    tags = np.where(labels == 1, "gave up", "open").astype(object)
    tags[rng.random(800) < 0.05] = "other"
    leaking = Table(
        (*table.columns, Column("tags", CATEGORY), Column("mark", NUMBER)),
        {**table.values, "tags": tags, "mark": labels + rng.normal(0, 0.2, 800)},
    )
    assert set(train(leaking, labels, seed=1).leaks) == {"tags", "mark"}
    assert train(table, labels, seed=1).leaks == {}


def test_rare_levels_are_no_leak():
    rng = np.random.default_rng(2)
    names = np.array([f"name {one}" for one in range(600)], dtype=object)
    labels = (rng.random(600) < 0.3).astype(float)
    table = Table(
        (Column("name", CATEGORY), Column("x")), {"name": names, "x": rng.normal(size=600)}
    )
    champion = train(table, labels, seed=1)
    assert champion.leaks == {}
    assert champion.left_out == {"name": "too_rare"}


def test_useless_columns_are_left_out_and_said():
    table, labels = world(900)
    more = Table(
        (*table.columns, Column("same"), Column("empty"), Column("void", CATEGORY)),
        {
            **table.values,
            "same": np.full(900, 3.0),
            "empty": np.full(900, np.nan),
            "void": np.full(900, None, dtype=object),
        },
    )
    champion = train(more, labels, seed=1)
    assert champion.left_out == {"same": "constant", "empty": "all_missing", "void": "all_missing"}
    assert np.isfinite(champion.probabilities(more)).all()


def test_unseen_levels_and_missing_values_are_scored(trained):
    champion, table, _ = trained
    strange = table.take(np.arange(50))
    strange.values["channel"] = np.full(50, "drone show", dtype=object)
    strange.values["silence"] = np.full(50, np.nan)
    strange.values["gap"] = np.full(50, 1e9)
    p = champion.probabilities(strange)
    assert np.isfinite(p).all()
    assert ((p > 0) & (p < 1)).all()


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (np.zeros(100), "nobody_lost"),
        (np.ones(100), "nobody_stayed"),
        (np.r_[np.ones(3), np.zeros(97)], "too_few_cases"),
        (np.full(100, 0.5), "labels_not_0_or_1"),
        (np.full(100, np.nan), "labels_not_0_or_1"),
        (np.zeros(7), "labels_of_other_length"),
    ],
)
def test_labels_that_teach_nothing_are_refused(labels, code):
    table, _ = world(100)
    with pytest.raises(CannotTrainError) as caught:
        train(table, labels, seed=1)
    assert caught.value.code == code


def test_a_table_without_a_usable_column_scores_the_base_rate():
    labels = np.r_[np.ones(300), np.zeros(900)]
    table = Table((Column("x"),), {"x": np.full(1200, 1.0)})
    p = train(table, labels, seed=1).probabilities(table)
    assert p == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    "change",
    [
        {"engine": "oracle"},
        {"columns": [["x", "colour", "b"]]},
        {"model": {"model": "pickle", "data": "gASV"}},
        {"references": {}},
        {"calibration": {"method": "isotonic", "knots": [1, 0], "heights": [0, 1]}},
    ],
)
def test_a_changed_model_is_not_read(trained, change):
    data = {**trained[0].to_json(), **change}
    with pytest.raises(BrokenModelError, match="checksum"):
        champion_from_json(data)
    with pytest.raises(BrokenModelError):
        champion_from_json({**data, "checksum": checksum(data)})


def test_a_model_is_text_alone(trained):
    text = json.dumps(trained[0].to_json(), allow_nan=False)
    assert champion_from_json(json.loads(text)).engine == trained[0].engine


@pytest.mark.spec("BEY-08")
def test_the_gate_measures_a_later_window(trained):
    champion, _, _ = trained
    later, labels = world(4000, seed=21)
    verdict = examine(champion, later, labels)
    assert verdict.refusals == []
    assert set(verdict.metrics) == {"", "visit", "reserved"}
    assert verdict.metrics[""]["ece"] < 0.03
    shifted = np.where(np.random.default_rng(1).random(4000) < 0.3, 1.0, labels)
    assert examine(champion, later, shifted).refusals[0][0] == "ece"


def test_a_small_window_is_judged_by_what_chance_gives():
    p = np.random.default_rng(1).uniform(0.1, 0.6, 200)
    labels = (np.random.default_rng(2).random(200) < p).astype(float)
    assert ece(labels, p) > 0.03
    assert calibration_refusal(labels, p) == []
    assert calibration_refusal(labels, np.clip(p + 0.3, 0, 1))[0][0] == "ece"
    assert calibration_refusal(np.zeros(0), np.zeros(0)) == [["no_later_window", {}]]


def test_the_card_stays_until_the_fitted_one_is_clearly_better():
    labels = np.tile([0.0, 0, 1, 1], 50)
    good, fair = np.tile([0.1, 0.2, 0.7, 0.9], 50), np.tile([0.1, 0.8, 0.7, 0.9], 50)
    assert takes_over(200, good, fair, labels)
    assert not takes_over(199, good, fair, labels)
    assert not takes_over(5000, good, good, labels)


def test_medians_ignore_what_is_missing():
    table = Table((Column("x"), Column("y")), {"x": [1.0, 3.0, np.nan], "y": [np.nan, np.nan, 1]})
    assert references_of(table, np.zeros(3), "") == {"": {"x": 2.0, "y": None}}


def test_no_class_weight_and_no_made_up_rows():
    """Both leave the order as it is and ruin the probabilities, so their words may not appear."""
    folder = Path(analytics.scoring.__file__).parent
    words = ("class_weight", "smote", "imblearn", "sample_weight", "pickle.", "joblib")
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert [word for word in words if word in text] == [], path.name
