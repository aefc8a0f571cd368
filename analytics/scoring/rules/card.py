"""The expert card: unit weights on standardised inputs, with known base rates (design 1.1).

It is the engine before there are enough losses to learn from. Experts say only which way an input
points; the data without labels give its spread, and the base rates of the stages the level.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.rules.calibration import Calibration, sigmoid
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.designs import scaled_term
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.figures import expit, logit
from analytics.scoring.rules.references import references_of
from analytics.scoring.rules.tables import CATEGORY, Floats, Ints, Table, codes_of
from analytics.scoring.rules.terms import AdditiveModel, CategoryTerm, Term

WEIGHT = 0.35
LOSSES_FOR_A_LINE = 30
STEPS = 60

Directions = Mapping[str, float | Mapping[str, float]]


def card(
    table: Table,
    directions: Directions,
    base_rates: Mapping[str, float],
    *,
    stage: str = "",
    labels: Floats | None = None,
    recent: NDArray[np.bool_] | None = None,
) -> Champion:
    """Return the card for these unlabelled rows.

    ``directions`` says +1 (more is riskier) or -1 for a number or flag, and for a category which
    levels are riskier or safer; ``base_rates`` holds the known share lost of each stage, that of
    everybody under ``""``. With thirty losses and as many stayers known, ``labels`` put its points
    on a line (Platt) instead. ``recent`` names the rows whose level counts; all when absent.
    """
    rates = {key: float(rate) for key, rate in base_rates.items()}
    if "" not in rates or not all(0 < rate < 1 for rate in rates.values()):
        raise CannotTrainError("base_rates")
    terms = [term for term in (_term(table, directions, one) for one in table.names) if term]
    if not terms:
        raise CannotTrainError("card_without_inputs")
    model = AdditiveModel(0.0, tuple(terms))
    points = model.logits(table)
    late = np.arange(table.rows) if recent is None else np.flatnonzero(recent)
    if stage and stage in table.names:
        offsets = _offsets(table, points, rates, stage)
        model = replace(model, terms=(*model.terms, offsets))
    else:
        model = replace(model, intercept=_level(points[late], rates[""]))
    kept = {column.name for column in table.columns}
    return Champion(
        engine="card",
        model=model,
        columns=table.columns,
        calibration=_line(model.logits(table), labels, late),
        references=references_of(table, labels, stage),
        stage=stage,
        left_out=dict.fromkeys(sorted(kept - set(_used(model))), "no_direction"),
        about={"rows": table.rows, "base_rates": rates},
    )


def _used(model: AdditiveModel) -> list[str]:
    return [term.column for term in model.terms]


def _term(table: Table, directions: Directions, name: str) -> Term | None:
    said: Any = directions.get(name)
    kind = next(column.kind for column in table.columns if column.name == name)
    if said is None:
        return None
    if kind == CATEGORY:
        levels = {str(level): float(sign) * WEIGHT for level, sign in dict(said).items()}
        return CategoryTerm(name, tuple(levels), tuple(levels.values()))
    numbers = table.numbers(name)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers) or not numbers.std():
        return None
    kept = np.clip(numbers, *np.quantile(numbers, [0.005, 0.995]))
    term = scaled_term(name, kept if kept.std() else numbers)
    return replace(term, weight=float(said) * WEIGHT)


def _level(points: Floats, rate: float) -> float:
    """Return what to add so that the mean probability is the rate, by halving."""
    low, high = -40.0, 40.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if expit(points + middle).mean() < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _offsets(table: Table, points: Floats, rates: dict[str, float], stage: str) -> CategoryTerm:
    levels = sorted(level for level in rates if level)
    codes = codes_of(table.texts(stage), levels)
    effects = []
    for place, level in enumerate(levels):
        of_stage = points[codes == place]
        known = float(logit(rates[level]))
        effects.append(_level(of_stage, rates[level]) if len(of_stage) else known)
    return CategoryTerm(stage, tuple(levels), tuple(effects), _level(points, rates[""]))


def _line(odds: Floats, labels: Floats | None, late: Ints) -> Calibration:
    if labels is None:
        return Calibration()
    known = labels[late]
    if min(known.sum(), len(known) - known.sum()) < LOSSES_FOR_A_LINE:
        return Calibration()
    return sigmoid(odds[late], known)
