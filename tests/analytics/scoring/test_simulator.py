"""The engine against a company whose truth is known (design 5.4)."""

import numpy as np
import pytest

from analytics.scoring.rules import CATEGORY, Column, Table, train
from analytics.scoring.rules.figures import roc_auc
from analytics.scoring.simulator.acceptance import GAPS, cold_card, measure
from analytics.scoring.simulator.truth import cited, red_cut, treat
from analytics.scoring.simulator.worlds import CLAIM, REALISTIC, blocks_of, simulate


@pytest.fixture(scope="module")
def unseen():
    return simulate(REALISTIC, 40_000, seed=99)


def test_the_same_seed_gives_the_same_company():
    first, second = simulate(REALISTIC, 500, seed=3), simulate(REALISTIC, 500, seed=3)
    assert np.array_equal(first.lost, second.lost)
    assert not np.array_equal(first.lost, simulate(REALISTIC, 500, seed=4).lost)


def test_the_blocks_are_the_log_odds():
    company = simulate(CLAIM, 1000, seed=1)
    total = CLAIM.alpha + sum(blocks_of(company.table, CLAIM).values())
    assert np.abs(total - company.odds).max() < 1e-9
    assert abs(company.bayes.mean() - company.oracle.mean()) < 0.01


@pytest.mark.parametrize("rows", [2_000, 10_000])
def test_the_champion_comes_close_to_the_best_score(unseen, rows):
    company = simulate(REALISTIC, rows, seed=5)
    found = measure(train(company.table, company.lost, seed=1, stage="stage"), unseen)
    assert found.gap <= GAPS[rows]
    assert found.ece <= 0.02
    assert found.top_block >= 0.80
    assert found.red_gap <= 0.03
    assert found.off <= (0.03 if rows >= 10_000 else 0.05)
    assert not found.is_leak


def test_the_card_needs_no_losses(unseen):
    found = measure(cold_card(unseen), unseen)
    assert found.engine == "card"
    assert found.gap <= GAPS[0]
    assert found.ece <= 0.02
    assert found.top_block >= 0.75


def test_what_is_better_than_the_best_is_a_leak(unseen):
    def with_note(company, seed):
        """Return the company's inputs with a reason that is filled in after the loss."""
        rng = np.random.default_rng(seed)
        noted = (company.lost == 1) & (rng.random(len(company.lost)) < 0.9)
        note = np.where(noted, "bought elsewhere", "").astype(object)
        columns = (*company.table.columns, Column("reason", CATEGORY, "other"))
        return Table(columns, {**company.table.values, "reason": note})

    company = simulate(REALISTIC, 2_000, seed=5)
    champion = train(with_note(company, 1), company.lost, seed=1, stage="stage")
    assert set(champion.leaks) == {"reason"}
    p = champion.probabilities(with_note(unseen, 2))
    assert roc_auc(unseen.lost, p) > roc_auc(unseen.lost, unseen.bayes) + 0.005


def test_cited_shares_are_not_what_could_be_kept():
    company = simulate(REALISTIC, 20_000, seed=2)
    said = cited(company)
    lost = company.lost == 1
    assert said["service"][1][lost].mean() == pytest.approx(0.72, abs=0.005)
    assert said["price"][1][lost].mean() == pytest.approx(0.65, abs=0.005)
    assert said["service"][1][~lost].mean() > 0.45


def test_the_hold_out_interval_covers_the_true_effect():
    covered = 0
    for seed in range(100):
        trial = treat(simulate(REALISTIC, 4_000, seed=seed), seed=seed + 1000)
        _, low, high = trial.estimate()
        covered += low <= trial.effect <= high
    assert covered >= 90


def test_of_the_red_who_are_left_alone_seven_in_ten_go():
    company = simulate(REALISTIC, 40_000, seed=8)
    red = company.bayes >= red_cut(company.bayes)
    assert company.lost[red].mean() == pytest.approx(0.72, abs=0.02)
    trial = treat(company, seed=1)
    assert trial.lost[~trial.held_out].mean() < trial.lost[trial.held_out].mean() - 0.2
    assert abs(trial.held_out.mean() - 0.15) < 0.02
