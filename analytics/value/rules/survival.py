"""How long a relation lasts, those that still stand included (ANA-10). Pure.

Kaplan-Meier: a relation that has not ended counts up to today and then leaves the base (censoring).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that lasts beyond each time; ``median`` None where more than half last longer."""

    times: tuple[float, ...]
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    count: int
    ended: int
    median: float | None

    def at(self, time: float) -> float:
        """Return the share that lasts beyond ``time``; 1 before the first end."""
        place = int(np.searchsorted(np.asarray(self.times), time, side="right"))
        return 1.0 if place == 0 else self.shares[place - 1]


def curve(durations: Any, ended: Any, *, z: float = 1.96) -> Curve | None:
    """Return the curve of ``durations``, each ended (true) or still standing; None without any."""
    durations, ended = np.asarray(durations, dtype=float), np.asarray(ended, dtype=bool)
    if not len(durations):
        return None
    from statsmodels.duration.survfunc import SurvfuncRight

    with np.errstate(divide="ignore", invalid="ignore"):
        found = SurvfuncRight(durations, ended.astype(int))
    shares = np.asarray(found.surv_prob)
    # where all have ended Greenwood's formula divides by nobody: nothing is left to be unsure of
    spread = np.where(shares > 0, np.asarray(found.surv_prob_se), 0.0)
    below = np.flatnonzero(shares <= 0.5)
    return Curve(
        times=tuple(float(each) for each in found.surv_times),
        shares=tuple(float(each) for each in shares),
        low=tuple(float(each) for each in np.clip(shares - z * spread, 0, 1)),
        high=tuple(float(each) for each in np.clip(shares + z * spread, 0, 1)),
        count=len(durations),
        ended=int(ended.sum()),
        median=float(found.surv_times[below[0]]) if len(below) else None,
    )


def log_rank(durations: Any, ended: Any, groups: Any) -> tuple[float, float]:
    """Return the statistic and the probability that groups of relations last alike."""
    from statsmodels.duration.survfunc import survdiff

    statistic, p = survdiff(
        np.asarray(durations, dtype=float), np.asarray(ended, dtype=int), np.asarray(groups)
    )
    return float(statistic), float(p)


def concordance(durations: Any, ended: Any, risk: Any) -> float:
    """Return how often the one with the higher ``risk`` ends first, of the pairs that tell.

    Harrell's index. An end at the same time as one that still stands tells, two ends at one time do
    not; equal risks count half.
    """
    t, e, risk = np.asarray(durations, float), np.asarray(ended, bool), np.asarray(risk, float)
    ranks = np.unique(risk, return_inverse=True)[1]
    tree = np.zeros(int(ranks.max()) + 2, dtype=np.int64)
    order = np.argsort(-t, kind="stable")
    pairs = good = 0.0
    place, seen = 0, 0
    while place < len(order):
        end = place
        while end < len(order) and t[order[end]] == t[order[place]]:
            end += 1
        tied = order[place:end]
        for one in tied[~e[tied]]:
            seen += _add(tree, int(ranks[one]))
        for one in tied[e[tied]]:
            below, equal = _below(tree, int(ranks[one]))
            pairs, good = pairs + seen, good + below + equal / 2
        for one in tied[e[tied]]:
            seen += _add(tree, int(ranks[one]))
        place = end
    return good / pairs if pairs else float("nan")


def cox(durations: Any, ended: Any, columns: Any) -> Any:
    """Return the log hazard ratio of each column (Cox, ties by Efron)."""
    from statsmodels.duration.hazard_regression import PHReg

    model = PHReg(
        np.asarray(durations, float),
        np.asarray(columns, float),
        status=np.asarray(ended, int),
        ties="efron",
    )
    return model.fit().params


def _add(tree: Any, rank: int) -> int:
    place = rank + 1
    while place < len(tree):
        tree[place] += 1
        place += place & -place
    return 1


def _below(tree: Any, rank: int) -> tuple[int, int]:
    """Return how many of the tree have a lower rank, and how many the same."""
    return _sum(tree, rank), _sum(tree, rank + 1) - _sum(tree, rank)


def _sum(tree: Any, place: int) -> int:
    found = 0
    while place > 0:
        found += int(tree[place])
        place -= place & -place
    return found
