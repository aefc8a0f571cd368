"""Fitting of additive models: the plan of columns, its matrix, and the coefficients put back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.scoring.rules.tables import CATEGORY, Floats, Table, codes_of, counted
from analytics.scoring.rules.terms import AdditiveModel, CategoryTerm, NumberTerm, Term

LEAST_OF_A_LEVEL = 5
MOST_LEVELS = 60
BINS = 10


@dataclass(frozen=True)
class Planned:
    """A term without effects yet, and which of its parts the rows can teach."""

    term: Term
    knows_missing: bool = False
    knows_other: bool = False


def plan_of(table: Table, *, binned: bool) -> tuple[list[Planned], dict[str, str]]:
    """Return the terms these rows can teach, and why each other column is left out."""
    plan: list[Planned] = []
    left_out: dict[str, str] = {}
    for column in table.columns:
        if column.kind == CATEGORY:
            found, why = _category(table, column.name)
        else:
            found, why = _number(table, column.name, binned=binned)
        if found is None:
            left_out[column.name] = why
        else:
            plan.append(found)
    return plan, left_out


def _number(table: Table, name: str, *, binned: bool) -> tuple[Planned | None, str]:
    given = table.numbers(name)
    absent = np.isnan(given)
    kept = given[~absent]
    if not len(kept):
        return None, "all_missing"
    some_absent = min(int(absent.sum()), len(kept)) >= LEAST_OF_A_LEVEL
    spread = float(kept.std())
    if spread <= 1e-12 * max(1.0, abs(float(kept.mean()))):
        if not some_absent:
            return None, "constant"
        spread = 1.0
    edges = _edges(kept) if binned else ()
    low, high = float(kept.min()), float(kept.max())
    term = NumberTerm(name, float(kept.mean()), spread, low, high, edges=edges)
    return Planned(term, knows_missing=some_absent), ""


def _edges(kept: Floats) -> tuple[float, ...]:
    """Return where the deciles part the values; none for a flag."""
    values = np.unique(kept)
    if len(values) <= 2:
        return ()
    if len(values) <= BINS:
        return tuple(float(value) for value in values[1:])
    edges = np.unique(np.quantile(kept, np.arange(1, BINS) / BINS))
    return tuple(float(edge) for edge in edges if edge > values[0])


def _category(table: Table, name: str) -> tuple[Planned | None, str]:
    counts = counted(table.texts(name))
    if set(counts) <= {""}:
        return None, "all_missing"
    if len(counts) == 1:
        return None, "constant"
    levels = tuple(level for level, n in counts.items() if n >= LEAST_OF_A_LEVEL)[:MOST_LEVELS]
    rest = sum(counts.values()) - sum(counts[level] for level in levels)
    if not levels or (len(levels) == 1 and rest < LEAST_OF_A_LEVEL):
        return None, "too_rare"
    term = CategoryTerm(name, levels, (0.0,) * len(levels))
    return Planned(term, knows_other=rest >= LEAST_OF_A_LEVEL), ""


def matrix_of(plan: list[Planned], table: Table) -> Floats:
    """Return one column per coefficient, in the order in which they are put back."""
    parts: list[Floats] = []
    for planned in plan:
        if isinstance(planned.term, CategoryTerm):
            parts.append(_category_part(planned, planned.term, table))
        else:
            parts.append(_number_part(planned, planned.term, table))
    return np.hstack(parts) if parts else np.zeros((table.rows, 0))


def _category_part(planned: Planned, term: CategoryTerm, table: Table) -> Floats:
    width = len(term.levels) + planned.knows_other
    codes = codes_of(table.texts(term.column), term.levels)
    if planned.knows_other:
        codes = np.where(codes < 0, len(term.levels), codes)
    return _one_hot(codes, width)


def _one_hot(codes: Any, width: int) -> Floats:
    found = np.zeros((len(codes), width))
    rows = np.flatnonzero(codes >= 0)
    found[rows, codes[rows]] = 1.0
    return found


def _number_part(planned: Planned, term: NumberTerm, table: Table) -> Floats:
    given = table.numbers(term.column)
    absent = np.isnan(given)
    scaled = np.where(absent, 0.0, (np.clip(given, term.low, term.high) - term.middle))
    parts = [(scaled / term.spread)[:, None]]
    if planned.knows_missing:
        parts.append(absent.astype(np.float64)[:, None])
    if term.edges:
        places = np.searchsorted(np.asarray(term.edges), given, side="right")
        parts.append(_one_hot(np.where(absent, -1, places), len(term.edges) + 1))
    return np.hstack(parts)


def with_effects(plan: list[Planned], found: Floats, intercept: float) -> AdditiveModel:
    """Return the model whose effects are these coefficients."""
    rest = [float(one) for one in found]
    terms: list[Term] = []
    for planned in plan:
        term = planned.term
        if isinstance(term, CategoryTerm):
            effects = tuple(rest[: len(term.levels)])
            rest = rest[len(term.levels) :]
            other = rest.pop(0) if planned.knows_other else 0.0
            terms.append(replace(term, effects=effects, other=other))
            continue
        weight = rest.pop(0)
        missing = rest.pop(0) if planned.knows_missing else 0.0
        wide = len(term.edges) + 1 if term.edges else 0
        steps, rest = tuple(rest[:wide]), rest[wide:]
        if steps and not planned.knows_missing:
            missing = sum(steps) / len(steps)
        terms.append(replace(term, weight=weight, missing=missing, steps=steps))
    return AdditiveModel(intercept, tuple(terms))


def fit_additive(
    table: Table, labels: Floats, *, binned: bool, weight: float = 1.0
) -> tuple[AdditiveModel, dict[str, str]]:
    """Return logistic regression on scaled inputs (or bins with slopes) and the columns left out.

    ``weight`` is what the data weigh against the pull to zero (C of scikit-learn).
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    plan, left_out = plan_of(table, binned=binned)
    if not plan:
        rate = float(labels.mean())
        return AdditiveModel(float(np.log(rate / (1 - rate))), ()), left_out
    fitted = LogisticRegression(C=weight, solver="newton-cholesky", max_iter=100, tol=1e-6)
    with threadpool_limits(limits=1):
        fitted.fit(matrix_of(plan, table), labels)
    return with_effects(plan, fitted.coef_[0], float(fitted.intercept_[0])), left_out


Fit = Callable[[Table, Floats], tuple[Any, dict[str, str]]]


def fit_logistic(table: Table, labels: Floats) -> tuple[AdditiveModel, dict[str, str]]:
    """Return the plain candidate: scaled inputs and one-hot levels."""
    return fit_additive(table, labels, binned=False)


def fit_binned(table: Table, labels: Floats) -> tuple[AdditiveModel, dict[str, str]]:
    """Return the learned scorecard: ten quantile bins and linear terms (C = .3)."""
    return fit_additive(table, labels, binned=True, weight=0.3)
