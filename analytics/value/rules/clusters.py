"""Groups of customers alike, how many of them, what they are called (ANA-42). Pure.

K-means on standardised features; the number of groups is that of the best silhouette. A group is
called by what stands out, and keeps the name of the former run's group it mostly consists of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

MOST_SHOWN: Final = 2  # features in a name
STANDS_OUT: Final = 0.35  # standard deviations off the mean
SAMPLE: Final = 5000  # rows that the silhouette is measured on


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups found: the group of each row, centres in standard deviations, how good they are."""

    labels: Any
    centres: Any
    k: int
    inertia: float
    silhouette: float
    tried: tuple[tuple[int, float], ...] = ()

    @property
    def sizes(self) -> list[int]:
        """Rows in each group."""
        return [int(each) for each in np.bincount(self.labels, minlength=self.k)]


def standardise(values: Any) -> Any:
    """Return columns of mean 0 and deviation 1; a column that never changes becomes 0."""
    values = np.asarray(values, dtype=float)
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)


def group(points: Any, k: int, *, seed: int, starts: int = 20) -> Grouping:
    """Return ``points`` in ``k`` groups; the best of ``starts`` tries, the same for one seed."""
    from sklearn.cluster import KMeans

    points = np.asarray(points, dtype=float)
    found = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(points)
    return Grouping(
        labels=found.labels_,
        centres=found.cluster_centers_,
        k=k,
        inertia=float(found.inertia_),
        silhouette=silhouette(points, found.labels_),
    )


def best_grouping(points: Any, *, seed: int, lowest: int = 2, highest: int = 8) -> Grouping | None:
    """Return the grouping of the best silhouette; None where there is too little to tell apart."""
    points = np.asarray(points, dtype=float)
    different = len(np.unique(points, axis=0))
    sizes = range(lowest, min(highest, different - 1) + 1)
    found = [group(points, k, seed=seed, starts=10) for k in sizes]
    if not found:
        return None
    best = max(found, key=lambda one: (round(one.silhouette, 6), -one.k))
    tried = tuple((one.k, round(one.silhouette, 4)) for one in found)
    return Grouping(best.labels, best.centres, best.k, best.inertia, best.silhouette, tried)


def silhouette(points: Any, labels: Any, *, sample: int = SAMPLE) -> float:
    """Return the mean silhouette, of at most ``sample`` rows drawn with seed 0."""
    from sklearn.metrics import silhouette_score

    if len(np.unique(labels)) < 2:
        return 0.0
    size = sample if len(points) > sample else None
    return float(silhouette_score(points, labels, sample_size=size, random_state=0))


def likeness(one: Any, other: Any) -> float:
    """Return the adjusted Rand index of two groupings of the same rows: 1 the same, 0 chance."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def outstanding(centre: Sequence[float], names: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a group is called by: its features furthest off the mean, "high" or "low"."""
    ranked = sorted(zip(names, centre, strict=True), key=lambda pair: (-abs(pair[1]), pair[0]))
    shown = [(name, off) for name, off in ranked[:MOST_SHOWN] if abs(off) >= STANDS_OUT]
    return [(name, "high" if off > 0 else "low") for name, off in shown]


def successors(
    before: Mapping[int, frozenset[int]], now: Mapping[int, frozenset[int]]
) -> dict[int, int]:
    """Return which group of the run before each group of now continues.

    Each continues the one with which it shares most, if that is at least half of either; one to
    one, the largest overlaps first.
    """
    pairs = [
        (len(here & there), new, old)
        for new, here in now.items()
        for old, there in before.items()
        if here and there and 2 * len(here & there) >= min(len(here), len(there))
    ]
    found: dict[int, int] = {}
    for _size, new, old in sorted(pairs, key=lambda each: (-each[0], each[1], each[2])):
        if new not in found and old not in found.values():
            found[new] = old
    return found
