"""Training: the candidates meet on inner folds, the simplest that is as good is kept (design 3.3).

No row is weighted by its class and none is made up: both would ruin the probabilities.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.rules.boosting import fit_default, fit_small
from analytics.scoring.rules.calibration import Calibration, calibrate, cross_calibrated
from analytics.scoring.rules.champion import Champion, Model
from analytics.scoring.rules.designs import fit_binned, fit_logistic
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.figures import expit, metrics, reliability, roc_auc
from analytics.scoring.rules.folds import folds_of, groups_of
from analytics.scoring.rules.leaks import leaks_of
from analytics.scoring.rules.monitoring import score_shares, shapes_of
from analytics.scoring.rules.references import references_of
from analytics.scoring.rules.tables import Floats, Ints, Table

INNER = 3
AS_GOOD = 0.003
LOSSES_FOR_BOOSTING = 800
LOSSES_FOR_TRYING = 200
CLEAR_GAIN = 0.02
BOOSTED = ("boosted", "boosted_default")
LEAST_CASES = 10
CASES_FOR_RECENT = 30
MOST_ROWS = 200_000

Fitted = tuple[Model, dict[str, str]]
CANDIDATES: dict[str, Callable[[Table, Floats], Fitted]] = {
    "logistic": fit_logistic,
    "binned": fit_binned,
    "boosted": fit_small,
    "boosted_default": fit_default,
}


@dataclass(frozen=True)
class Tried:
    """One candidate on the inner folds: its AUC per fold and its out-of-fold log odds."""

    engine: str
    aucs: tuple[float, ...]
    odds: Floats

    @property
    def auc(self) -> float:
        """Return the mean over the folds."""
        return sum(self.aucs) / len(self.aucs)


def train(
    table: Table,
    labels: ArrayLike,
    *,
    groups: Ints | None = None,
    seed: int,
    stage: str = "",
    recent: NDArray[np.bool_] | None = None,
) -> Champion:
    """Return the champion of these rows, its calibration and its out-of-fold figures.

    ``labels`` holds 1 for lost; rows of one group stay in one fold; ``stage`` names the column that
    chooses the reference of the reasons. Probabilities are set to the ``recent`` rows, all if they
    hold too few cases. CannotTrainError when these rows teach nothing.
    """
    truth = checked(table, labels)
    late = np.ones(len(truth), dtype=bool) if recent is None else np.asarray(recent)
    table, truth, groups, late = _at_most(table, truth, groups, late, seed)
    folds = folds_of(truth, groups_of(table, groups), INNER, seed)
    cases = cases_of(truth)
    tried = [_try(engine, table, truth, folds) for engine in engines_for(cases)]
    chosen = simplest(allowed(tried, cases))
    late = late if cases_of(truth[late]) >= CASES_FOR_RECENT else np.ones(len(truth), dtype=bool)
    calibration = calibrate(chosen.odds[late], truth[late])
    model, left_out = CANDIDATES[chosen.engine](table, truth)
    return Champion(
        engine=chosen.engine,
        model=model,
        columns=table.columns,
        calibration=calibration,
        references=references_of(table, truth, stage),
        stage=stage,
        leaks=leaks_of(table, truth),
        left_out=left_out,
        about={
            **_about(tried, chosen, calibration, truth, folds, late),
            "inputs": shapes_of(table),
        },
    )


def checked(table: Table, labels: ArrayLike) -> Floats:
    """Return the labels as floats; CannotTrainError when they cannot be learned from."""
    truth = np.asarray(labels, dtype=np.float64)
    if len(truth) != table.rows:
        raise CannotTrainError("labels_of_other_length", rows=table.rows, labels=len(truth))
    if not np.isin(truth, (0.0, 1.0)).all():
        raise CannotTrainError("labels_not_0_or_1")
    lost, stayed = int(truth.sum()), int(len(truth) - truth.sum())
    if not lost:
        raise CannotTrainError("nobody_lost", rows=len(truth))
    if not stayed:
        raise CannotTrainError("nobody_stayed", rows=len(truth))
    if min(lost, stayed) < LEAST_CASES:
        raise CannotTrainError("too_few_cases", lost=lost, stayed=stayed, least=LEAST_CASES)
    return truth


def cases_of(truth: Floats) -> int:
    """Return how many rows have the rarer outcome."""
    return int(min(truth.sum(), len(truth) - truth.sum()))


def _at_most(
    table: Table, truth: Floats, groups: Ints | None, late: NDArray[np.bool_], seed: int
) -> tuple[Table, Floats, Ints | None, NDArray[np.bool_]]:
    """Return all rows, or a random part of two hundred thousand: more teach nothing new."""
    if table.rows <= MOST_ROWS:
        return table, truth, groups, late
    rows = np.sort(np.random.default_rng(seed).permutation(table.rows)[:MOST_ROWS])
    chosen = None if groups is None else np.asarray(groups)[rows]
    return table.take(rows), truth[rows], chosen, late[rows]


def _try(engine: str, table: Table, truth: Floats, folds: Ints) -> Tried:
    odds = np.zeros(len(truth))
    aucs = []
    for fold in range(INNER):
        inside = folds != fold
        model, _ = CANDIDATES[engine](table.take(inside), truth[inside])
        odds[~inside] = model.logits(table.take(~inside))
        aucs.append(roc_auc(truth[~inside], odds[~inside]) or 0.5)
    return Tried(engine, tuple(aucs), odds)


def engines_for(cases: int) -> tuple[str, ...]:
    """Return who may compete with this many cases of the rarer outcome."""
    return tuple(one for one in CANDIDATES if cases >= LOSSES_FOR_TRYING or one not in BOOSTED)


def allowed(tried: list[Tried], cases: int) -> list[Tried]:
    """Return the candidates to choose from.

    Under 800 cases boosted trees count only when they are ahead by .02 in every fold: so large a
    gain is no chance, a small one there would be.
    """
    if cases >= LOSSES_FOR_BOOSTING:
        return tried
    plain = [one for one in tried if one.engine not in BOOSTED]
    return plain + [
        one
        for one in tried
        if one.engine in BOOSTED
        and all(
            mine >= theirs + CLEAR_GAIN
            for other in plain
            for mine, theirs in zip(one.aucs, other.aucs, strict=True)
        )
    ]


def simplest(tried: list[Tried]) -> Tried:
    """Return the first candidate within .003 of the best; they stand in order of simplicity."""
    best = max(one.auc for one in tried)
    return next(one for one in tried if one.auc >= best - AS_GOOD)


def _about(
    tried: list[Tried],
    chosen: Tried,
    calibration: Calibration,
    truth: Floats,
    folds: Ints,
    late: NDArray[np.bool_],
) -> dict[str, Any]:
    odds = chosen.odds[late]
    if calibration.method != "none":
        odds = cross_calibrated(odds, truth[late], folds[late], calibrate)
    said = expit(odds)
    return {
        "rows": len(truth),
        "losses": int(truth.sum()),
        "candidates": {one.engine: round(one.auc, 6) for one in tried},
        "scores": score_shares(said),
        "inner": metrics(truth[late], said).as_json(),
        "reliability": [list(point) for point in reliability(truth[late], said)],
    }
