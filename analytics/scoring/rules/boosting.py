"""Fitting of boosted trees with scikit-learn, and taking them over as plain arrays."""

from typing import Any

import numpy as np

from analytics.scoring.rules.designs import LEAST_OF_A_LEVEL, MOST_LEVELS
from analytics.scoring.rules.tables import CATEGORY, Floats, Table, codes_of, counted
from analytics.scoring.rules.trees import BoostedModel, Input, Tree

SEED = 20260101
SMALL = {
    "learning_rate": 0.05,
    "max_iter": 250,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
}


def fit_small(table: Table, labels: Floats) -> tuple[BoostedModel, dict[str, str]]:
    """Return 250 trees of eight leaves that learn slowly (design 3.3)."""
    return fit_boosted(table, labels, SMALL)


def fit_default(table: Table, labels: Floats) -> tuple[BoostedModel, dict[str, str]]:
    """Return boosting as the library sets it."""
    return fit_boosted(table, labels, {})


def fit_boosted(
    table: Table, labels: Floats, settings: dict[str, Any]
) -> tuple[BoostedModel, dict[str, str]]:
    """Return boosted trees as arrays, and the columns left out."""
    fitted, inputs, left_out = fitted_booster(table, labels, settings)
    if fitted is None:
        rate = float(labels.mean())
        return BoostedModel(float(np.log(rate / (1 - rate))), (), ()), left_out
    return taken_over(fitted, inputs), left_out


def fitted_booster(
    table: Table, labels: Floats, settings: dict[str, Any]
) -> tuple[Any, tuple[Input, ...], dict[str, str]]:
    """Return the library's model with the inputs it was given."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    inputs, left_out = _inputs(table)
    if not inputs:
        return None, (), left_out
    categories = [one.kind == CATEGORY for one in inputs]
    booster = HistGradientBoostingClassifier(
        categorical_features=categories, early_stopping=False, random_state=SEED, **settings
    )
    # One thread: it waits for no other on a busy machine, and leaves the rest to the pages.
    with threadpool_limits(limits=1):
        return booster.fit(matrix(inputs, table), labels), inputs, left_out


def _inputs(table: Table) -> tuple[tuple[Input, ...], dict[str, str]]:
    found: list[Input] = []
    left_out: dict[str, str] = {}
    for column in table.columns:
        levels: tuple[str, ...] = ()
        if column.kind == CATEGORY:
            counts = counted(table.texts(column.name))
            kept = [level for level, n in counts.items() if n >= LEAST_OF_A_LEVEL]
            levels = tuple(kept[:MOST_LEVELS])
            is_empty, is_constant = set(counts) <= {""}, len(levels) < 2
        else:
            numbers = table.numbers(column.name)
            kinds = np.unique(numbers)
            is_empty, is_constant = bool(np.isnan(numbers).all()), len(kinds) < 2
        if is_empty or is_constant:
            left_out[column.name] = "all_missing" if is_empty else "constant"
        else:
            found.append(Input(column.name, column.kind, levels))
    # The library puts categories first, whatever order they are given in.
    return tuple(sorted(found, key=lambda one: one.kind != CATEGORY)), left_out


def matrix(inputs: tuple[Input, ...], table: Table) -> Floats:
    """Return what the library is given: numbers as they are, levels by place, the rest missing."""
    found = np.empty((table.rows, len(inputs)))
    for place, one in enumerate(inputs):
        if one.kind == CATEGORY:
            codes = codes_of(table.texts(one.column), one.levels).astype(np.float64)
            found[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            found[:, place] = table.numbers(one.column)
    return found


def taken_over(fitted: Any, inputs: tuple[Input, ...]) -> BoostedModel:
    """Return the library's trees as ours; they give the same log odds."""
    start = float(np.ravel(fitted._baseline_prediction)[0])
    trees = tuple(_tree(rounds[0], inputs) for rounds in fitted._predictors)
    return BoostedModel(start, inputs, trees)


def _tree(predictor: Any, inputs: tuple[Input, ...]) -> Tree:
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    of_category = nodes["is_categorical"].astype(bool) & ~is_leaf
    at = np.where(is_leaf | of_category, 0.0, nodes["num_threshold"])
    bits = predictor.raw_left_cat_bitsets
    levels = tuple(
        _levels(bits[row], len(inputs[place].levels)) if has_levels else ()
        for row, place, has_levels in zip(
            nodes["bitset_idx"], nodes["feature_idx"], of_category, strict=True
        )
    )
    return Tree(
        input=tuple(np.where(is_leaf, 0, nodes["feature_idx"]).tolist()),
        at=tuple(np.minimum(at, np.finfo(np.float64).max).tolist()),
        levels_left=levels,
        missing_left=tuple(nodes["missing_go_to_left"].astype(bool).tolist()),
        left=tuple(np.where(is_leaf, -1, nodes["left"].astype(np.int64)).tolist()),
        right=tuple(np.where(is_leaf, -1, nodes["right"].astype(np.int64)).tolist()),
        value=_values(nodes, is_leaf),
    )


def _levels(bits: Any, size: int) -> tuple[int, ...]:
    return tuple(level for level in range(size) if (int(bits[level // 32]) >> (level % 32)) & 1)


def _values(nodes: Any, is_leaf: Any) -> tuple[float, ...]:
    """Return the value of each leaf, and of each split the mean of what lies below by its rows."""
    found = [float(one) for one in nodes["value"]]
    for node in reversed(range(len(found))):
        if not is_leaf[node]:
            left, right = int(nodes["left"][node]), int(nodes["right"][node])
            rows = float(nodes["count"][left]), float(nodes["count"][right])
            both = found[left] * rows[0] + found[right] * rows[1]
            found[node] = both / (rows[0] + rows[1])
    return tuple(found)
