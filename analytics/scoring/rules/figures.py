"""Figures of a score against what happened (design 1.5): order, probability, and the red list.

``y`` holds 1 for lost and 0 for stayed, ``p`` the probability of loss. A figure that these rows
cannot give (one class only, nobody red) is None, never 0.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.scoring.rules.tables import Floats

EPSILON = 1e-15
RED_FROM = 0.60


@dataclass(frozen=True)
class Metrics:
    """All figures of one set of rows."""

    rows: int
    losses: int
    auc: float | None
    pr_auc: float | None
    brier: float | None
    log_loss: float | None
    ks: float | None
    ece: float | None
    lift_10: float | None
    precision_red: float | None
    recall_red: float | None
    red_share: float | None
    slope: float | None
    in_the_large: float | None
    mean_p: float | None
    base_rate: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the figures by name."""
        return asdict(self)


def _pair(y: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)


def _both(y: Floats) -> bool:
    return bool(len(y)) and 0 < y.sum() < len(y)


def roc_auc(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the chance that a lost one is above a stayer, ties half; None with one class."""
    truth, score = _pair(y, p)
    if not _both(truth):
        return None
    places = np.unique(score, return_inverse=True)[1]
    per_value = np.bincount(places)
    ranks = np.cumsum(per_value) - (per_value - 1) / 2
    lost = truth.sum()
    above = ranks[places][truth == 1].sum() - lost * (lost + 1) / 2
    return float(above / (lost * (len(truth) - lost)))


def _curve(y: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Return lost and stayed counts above each distinct score, from the highest down."""
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    lost = np.cumsum(y[order])[ends]
    return lost, ends + 1 - lost


def average_precision(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the area under precision and recall by steps; None without a loss."""
    truth, score = _pair(y, p)
    if not len(truth) or not truth.sum():
        return None
    lost, stayed = _curve(truth, score)
    return float(np.sum(np.diff(lost, prepend=0.0) * lost / (lost + stayed)) / truth.sum())


def ks(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the largest gap between the two distributions; None with one class."""
    truth, score = _pair(y, p)
    if not _both(truth):
        return None
    lost, stayed = _curve(truth, score)
    return float(np.max(np.abs(lost / lost[-1] - stayed / stayed[-1])))


def brier(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the mean squared distance of probability and outcome; None without rows."""
    truth, score = _pair(y, p)
    return float(np.mean((score - truth) ** 2)) if len(truth) else None


def log_loss(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the mean surprise in nats, probabilities kept off 0 and 1; None without rows."""
    truth, score = _pair(y, p)
    if not len(truth):
        return None
    kept = np.clip(score, EPSILON, 1 - EPSILON)
    return float(-np.mean(truth * np.log(kept) + (1 - truth) * np.log(1 - kept)))


def reliability(y: ArrayLike, p: ArrayLike, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean probability, observed share and rows of each of equally many rows by score."""
    truth, score = _pair(y, p)
    parts = np.array_split(np.argsort(score, kind="stable"), bins)
    return [
        (float(score[part].mean()), float(truth[part].mean()), len(part))
        for part in parts
        if len(part)
    ]


def ece(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float | None:
    """Return the mean gap of probability and outcome over bins of equal mass; None when empty."""
    curve = reliability(y, p, bins)
    rows = sum(n for _, _, n in curve)
    return sum(abs(said - seen) * n for said, seen, n in curve) / rows if rows else None


def lift(y: ArrayLike, p: ArrayLike, share: float = 0.10) -> float | None:
    """Return how many times the base rate the riskiest share is lost; None without a loss."""
    truth, score = _pair(y, p)
    if not len(truth) or not truth.sum():
        return None
    top = np.argsort(-score, kind="stable")[: max(1, int(np.ceil(share * len(truth) - 1e-9)))]
    return float(truth[top].mean() / truth.mean())


def at_cut(y: ArrayLike, p: ArrayLike, cut: float) -> tuple[float | None, float | None]:
    """Return precision and recall of those at or above the cut; None where nobody counts."""
    truth, score = _pair(y, p)
    red = score >= cut
    hits = float(truth[red].sum())
    precision = hits / int(red.sum()) if red.any() else None
    return precision, hits / float(truth.sum()) if truth.sum() else None


def logit(p: ArrayLike) -> Floats:
    """Return the log odds, probabilities kept off 0 and 1."""
    kept = np.clip(np.asarray(p, dtype=np.float64), EPSILON, 1 - EPSILON)
    found: Floats = np.log(kept / (1 - kept))
    return found


def expit(z: ArrayLike) -> Floats:
    """Return the probability of these log odds."""
    odds = np.asarray(z, dtype=np.float64)
    small = np.exp(-np.abs(odds))
    found: Floats = np.where(odds >= 0, 1.0, small) / (1.0 + small)
    return found


def line_through(y: Floats, x: Floats, *, rounds: int = 50) -> tuple[float, float]:
    """Return intercept and slope of the logistic line of y on x, by Newton steps.

    A trace of ridge keeps the slope finite where x separates the two classes.
    """
    design = np.column_stack([np.ones(len(x)), x])
    found = np.array([float(logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))), 0.0])
    ridge = np.diag([0.0, 1e-6])
    for _ in range(rounds):
        said = expit(design @ found)
        slope = design.T @ (y - said) - ridge @ found
        curve = (design * (said * (1 - said))[:, None]).T @ design + ridge + 1e-12 * np.eye(2)
        step = np.clip(np.linalg.solve(curve, slope), -4.0, 4.0)
        found = found + step
        if np.max(np.abs(step)) < 1e-10:
            break
    return float(found[0]), float(found[1])


def calibration_slope(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return the slope of the outcome on the log odds said: 1 is right, less is boastful."""
    truth, score = _pair(y, p)
    if not _both(truth) or np.ptp(score) == 0:
        return None
    return line_through(truth, np.clip(logit(score), -20, 20))[1]


def in_the_large(y: ArrayLike, p: ArrayLike) -> float | None:
    """Return mean probability over observed share; None without a loss."""
    truth, score = _pair(y, p)
    return float(score.mean() / truth.mean()) if len(truth) and truth.sum() else None


def psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Return the population stability index of two lists of shares (or counts) per bin."""
    first, second = _pair(expected, actual)
    first, second = first / first.sum(), second / second.sum()
    first, second = np.maximum(first, 1e-6), np.maximum(second, 1e-6)
    return float(np.sum((second - first) * np.log(second / first)))


def metrics(y: ArrayLike, p: ArrayLike, *, red_from: float = RED_FROM) -> Metrics:
    """Return every figure of these rows (design 1.5)."""
    truth, score = _pair(y, p)
    precision, recall = at_cut(truth, score, red_from)
    n = len(truth)
    return Metrics(
        rows=n,
        losses=int(truth.sum()),
        auc=roc_auc(truth, score),
        pr_auc=average_precision(truth, score),
        brier=brier(truth, score),
        log_loss=log_loss(truth, score),
        ks=ks(truth, score),
        ece=ece(truth, score),
        lift_10=lift(truth, score),
        precision_red=precision,
        recall_red=recall,
        red_share=float((score >= red_from).mean()) if n else None,
        slope=calibration_slope(truth, score),
        in_the_large=in_the_large(truth, score),
        mean_p=float(score.mean()) if n else None,
        base_rate=float(truth.mean()) if n else None,
    )
