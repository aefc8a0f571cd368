"""Columns that alone tell the outcome too well to be true (design 1.3)."""

import numpy as np

from analytics.scoring.rules.figures import roc_auc
from analytics.scoring.rules.folds import folds_of
from analytics.scoring.rules.tables import CATEGORY, Floats, Table, codes_of, counted

TOO_GOOD = 0.90
LEAST_ROWS = 40
PULL = 10.0


def alone(table: Table, labels: Floats, name: str) -> float | None:
    """Return the AUC of one column used alone, whichever way it points; None if it says nothing.

    What is missing is a value of its own; a category is ranked by the losses of its levels in the
    other half of the rows, so that rare levels do not flatter it.
    """
    column = next(one for one in table.columns if one.name == name)
    if column.kind == CATEGORY:
        return roc_auc(labels, _rates(table, labels, name))
    numbers = table.numbers(name)
    absent = np.isnan(numbers)
    if absent.all():
        return None
    found = []
    for end in (numbers[~absent].min() - 1.0, numbers[~absent].max() + 1.0):
        auc = roc_auc(labels, np.where(absent, end, numbers))
        found.append(None if auc is None else max(auc, 1 - auc))
    return None if found[0] is None else max(one for one in found if one is not None)


def _rates(table: Table, labels: Floats, name: str) -> Floats:
    texts = table.texts(name)
    codes = codes_of(texts, list(counted(texts)))
    halves = folds_of(labels, None, 2, seed=0)
    width, overall = int(codes.max()) + 1, float(labels.mean())
    found = np.empty(len(labels))
    for half in (0, 1):
        there = halves != half
        rows = np.bincount(codes[there], minlength=width)
        lost = np.bincount(codes[there], weights=labels[there], minlength=width)
        rates = (lost + PULL * overall) / (rows + PULL)
        found[~there] = rates[codes[~there]]
    return found


def leaks_of(table: Table, labels: Floats) -> dict[str, float]:
    """Return the AUC of each column above .90 alone; empty where rows are too few to say."""
    if len(labels) < LEAST_ROWS:
        return {}
    found = {name: alone(table, labels, name) for name in table.names}
    return {name: round(auc, 4) for name, auc in found.items() if auc and auc > TOO_GOOD}
