"""What must hold before a model is used, and before a fitted one takes over from the card."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.scoring.rules.calibration import cross_calibrated, sigmoid
from analytics.scoring.rules.card import LOSSES_FOR_A_LINE
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.figures import ece, expit, metrics, reliability, roc_auc
from analytics.scoring.rules.folds import folds_of
from analytics.scoring.rules.tables import Floats, Ints, Table, text_of

MOST_ECE = 0.03
DRAWS = 200
FOLDS = 5
LOSSES_FOR_FITTED = 200
GAIN_OVER_CARD = 0.005
SEED = 20260101


@dataclass(frozen=True)
class Verdict:
    """Figures on the later window by stage (``""``: all), and why the model may not be used."""

    metrics: dict[str, Any]
    refusals: list[Any]


def by_chance(p: Floats, *, seed: int = SEED) -> float:
    """Return the calibration error that perfect probabilities show in 95 of 100 such samples."""
    rng = np.random.default_rng(seed)
    draws = [ece((rng.random(len(p)) < p).astype(np.float64), p) or 0.0 for _ in range(DRAWS)]
    return float(np.quantile(draws, 0.95))


def calibration_refusal(y: Floats, p: Floats) -> list[Any]:
    """Return a refusal when probabilities are off by more than .03.

    In a small window chance alone gives more; there the limit is what chance gives at most.
    """
    found = ece(y, p)
    if found is None:
        return [["no_later_window", {}]]
    if found <= MOST_ECE:
        return []
    most = max(MOST_ECE, by_chance(p))
    if found <= most:
        return []
    return [["ece", {"value": f"{found:.3f}", "most": f"{most:.3f}"}]]


def examine(
    champion: Champion, table: Table, labels: Floats, *, groups: Ints | None = None
) -> Verdict:
    """Return the figures of a later window and whether the model may be used (design 1.5).

    With ``groups`` (whose row each is) the probabilities are set to the window itself, as those in
    use will be: each customer by the line through the others. ``ece_before`` says how far off they
    were without it.
    """
    raw = champion.probabilities(table)
    p = raw if groups is None else set_to(champion, table, labels, groups)
    found = {"": {**_figures(labels, p), "ece_before": ece(labels, raw)}}
    if champion.stage and champion.stage in table.names:
        stages = np.array([text_of(one) for one in table.texts(champion.stage)], dtype=object)
        for stage in sorted(set(stages)):
            rows = stages == stage
            found[stage] = _figures(labels[rows], p[rows])
    return Verdict(found, calibration_refusal(labels, p))


def set_to(champion: Champion, table: Table, labels: Floats, groups: Ints) -> Floats:
    """Return the probabilities of a window, each customer's by the line through the others."""
    odds = champion.logits(table)
    if min(labels.sum(), len(labels) - labels.sum()) < LOSSES_FOR_A_LINE:
        return expit(odds)
    return expit(cross_calibrated(odds, labels, folds_of(labels, groups, FOLDS, SEED), sigmoid))


def _figures(labels: Floats, p: Floats) -> dict[str, Any]:
    curve = [list(point) for point in reliability(labels, p)]
    return {**metrics(labels, p).as_json(), "reliability": curve}


def takes_over(losses: int, fitted: Floats, of_card: Floats, labels: Floats) -> bool:
    """Tell whether a fitted model replaces the card: 200 losses, and .005 AUC better later on."""
    if losses < LOSSES_FOR_FITTED:
        return False
    ours, theirs = roc_auc(labels, fitted), roc_auc(labels, of_card)
    if ours is None or theirs is None:
        return False
    return ours - theirs >= GAIN_OVER_CARD
