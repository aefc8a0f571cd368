"""Folds that keep what belongs together in one of them and spread the losses evenly."""

import numpy as np

from analytics.scoring.rules.tables import Floats, Ints, Table, same_rows

LARGEST_GROUP = 0.05
LEAST_GROUPS = 60


def folds_of(labels: Floats, groups: Ints | None, folds: int, seed: int) -> Ints:
    """Return the fold of each row: losses spread evenly, groups whole."""
    rng = np.random.default_rng(seed)
    if groups is None:
        return _alone(labels, folds, rng)
    places = np.unique(groups, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(places)
    losses = np.bincount(places, weights=labels)
    order = rng.permutation(len(sizes))
    order = order[np.lexsort((-sizes[order], -losses[order]))]
    found = np.empty(len(sizes), dtype=np.int64)
    rows_of, losses_of = [0] * folds, [0.0] * folds
    for group in order.tolist():
        lost, size = float(losses[group]), int(sizes[group])
        first = losses_of if lost else rows_of
        fold = min(range(folds), key=lambda one: (first[one], rows_of[one]))
        found[group] = fold
        rows_of[fold] += size
        losses_of[fold] += lost
    return found[places]


def _alone(labels: Floats, folds: int, rng: np.random.Generator) -> Ints:
    found = np.empty(len(labels), dtype=np.int64)
    for value in (0.0, 1.0):
        rows = rng.permutation(np.flatnonzero(labels == value))
        found[rows] = np.arange(len(rows)) % folds
    return found


def groups_of(table: Table, groups: Ints | None) -> Ints | None:
    """Return the groups to keep whole: those given, else rows alike in every column.

    Where the columns are so few that unlike customers look alike, none.
    """
    if groups is not None:
        return np.asarray(groups)
    found = same_rows(table)
    sizes = np.bincount(found)
    if len(sizes) < LEAST_GROUPS or sizes.max() > LARGEST_GROUP * table.rows:
        return None
    return found
