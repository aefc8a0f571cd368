"""Watching a model in use: inputs that move, probabilities that no longer hold, false alarms."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.scoring.rules.figures import at_cut, in_the_large, psi
from analytics.scoring.rules.tables import CATEGORY, Floats, Table, codes_of, counted

BINS = 10
MOST_LEVELS = 20
LEAST_ROWS = 100
LEAST_LOSSES = 20
FINEST = 5e-5
DIGITS = 4  # finer differences, such as a second more of silence, are no drift

Shape = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """When a figure becomes a warning."""

    psi: float = 0.2
    low: float = 0.8
    high: float = 1.25
    false_alarms: float = 3.0


@dataclass(frozen=True)
class Outcomes:
    """What was said of customers some time ago and what became of them since.

    ``false_alarms`` counts those who were called red within ``weeks`` and stayed.
    """

    probabilities: Floats
    lost: Floats
    red: Floats
    false_alarms: int = 0
    consultants: int = 0
    weeks: float = 0.0
    groups: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Watched:
    """Figures of one look at a model; None where there is too little to say anything."""

    scores_psi: float | None
    inputs_psi: dict[str, float]
    in_the_large: float | None
    precision: float | None
    recall: float | None
    false_alarms: float | None
    rows: int
    losses: int
    warnings: list[Any]
    fairness: list[dict[str, Any]]


def shapes_of(table: Table) -> dict[str, Shape]:
    """Return how each column is spread: shares per tenth or level, and of what is missing."""
    found: dict[str, Shape] = {}
    for column in table.columns:
        if column.kind == CATEGORY:
            levels = list(counted(table.texts(column.name)))[:MOST_LEVELS]
            shape: Shape = {"levels": levels}
        else:
            numbers = table.numbers(column.name).round(DIGITS)
            kept = numbers[~np.isnan(numbers)]
            shape = {"edges": [float(edge) for edge in _edges(kept)]}
        found[column.name] = {**shape, "shares": _shares(table, column.name, shape)}
    return found


def _edges(kept: Floats) -> Floats:
    """Return where tenths part the values; a few values are parted one by one."""
    values = np.unique(kept)
    if len(values) <= BINS:
        return np.sort(np.concatenate([values - FINEST, values]))
    return np.unique(np.quantile(kept, np.arange(1, BINS) / BINS))


def _shares(table: Table, name: str, shape: Shape) -> list[float]:
    if "levels" in shape:
        codes = codes_of(table.texts(name), shape["levels"])
        size = len(shape["levels"]) + 1
        counts = np.bincount(np.where(codes < 0, size - 1, codes), minlength=size)
    else:
        numbers, size = table.numbers(name).round(DIGITS), len(shape["edges"]) + 2
        places = np.searchsorted(np.asarray(shape["edges"]), numbers, side="left")
        counts = np.bincount(np.where(np.isnan(numbers), size - 1, places), minlength=size)
    return [round(float(one), 6) for one in counts / max(table.rows, 1)]


def drift(shapes: dict[str, Shape], table: Table) -> dict[str, float]:
    """Return the stability index of each column against the training; empty for few rows."""
    if table.rows < LEAST_ROWS:
        return {}
    known = [name for name in table.names if name in shapes]
    return {
        name: round(psi(shapes[name]["shares"], _shares(table, name, shapes[name])), 4)
        for name in known
    }


def watch(
    about: dict[str, Any],
    table: Table | None,
    probabilities: Floats,
    outcomes: Outcomes | None,
    limits: Limits,
) -> Watched:
    """Return the figures of a model and its warnings.

    ``about`` is that of the champion, ``table`` and ``probabilities`` are those of today, and
    ``outcomes`` those of customers scored long enough ago that their horizon is over.
    """
    inputs = drift(about.get("inputs", {}), table) if table is not None else {}
    scores = _scores_psi(about.get("scores"), probabilities)
    held = _held(outcomes)
    warnings = [["drift_scores", {"psi": f"{scores:.2f}"}]] if (scores or 0) > limits.psi else []
    warnings += [
        ["drift_input", {"column": name, "psi": f"{value:.2f}"}]
        for name, value in sorted(inputs.items(), key=lambda one: -one[1])
        if value > limits.psi
    ]
    level = held["in_the_large"]
    if level is not None and not limits.low <= level <= limits.high:
        warnings.append(["calibration", {"ratio": f"{level:.2f}"}])
    false_alarms = held["false_alarms"]
    if false_alarms is not None and false_alarms > limits.false_alarms:
        warnings.append(
            ["false_alarms", {"value": f"{false_alarms:.1f}", "most": f"{limits.false_alarms:g}"}]
        )
    fair = [] if outcomes is None else _fairness(outcomes, limits)
    warnings += [
        ["unfair", {"group": one["group"], "ratio": f"{one['ratio']:.2f}"}]
        for one in fair
        if one["is_off"]
    ]
    return Watched(
        fairness=fair,
        scores_psi=scores,
        inputs_psi=inputs,
        in_the_large=level,
        precision=held["precision"],
        recall=held["recall"],
        false_alarms=false_alarms,
        rows=0 if outcomes is None else len(outcomes.lost),
        losses=0 if outcomes is None else int(outcomes.lost.sum()),
        warnings=warnings,
    )


def score_shares(probabilities: Floats) -> list[float]:
    """Return the share of rows in each tenth of the probability."""
    counts = np.histogram(probabilities, np.linspace(0, 1, BINS + 1))[0]
    return [round(float(one), 6) for one in counts / max(len(probabilities), 1)]


def _scores_psi(known: Any, probabilities: Floats) -> float | None:
    if not known or len(probabilities) < LEAST_ROWS:
        return None
    return round(psi(known, score_shares(probabilities)), 4)


def _held(outcomes: Outcomes | None) -> dict[str, float | None]:
    found: dict[str, float | None] = dict.fromkeys(
        ("in_the_large", "precision", "recall", "false_alarms")
    )
    if outcomes is None or not len(outcomes.lost):
        return found
    found["precision"], found["recall"] = at_cut(outcomes.lost, outcomes.red, 0.5)
    if outcomes.lost.sum() >= LEAST_LOSSES:
        found["in_the_large"] = in_the_large(outcomes.lost, outcomes.probabilities)
    if outcomes.consultants and outcomes.weeks:
        each = outcomes.consultants * outcomes.weeks
        found["false_alarms"] = outcomes.false_alarms / each
    return found


def _fairness(outcomes: Outcomes, limits: Limits) -> list[dict[str, Any]]:
    labels, p = outcomes.lost, outcomes.probabilities
    return [one for groups in outcomes.groups for one in fairness(groups, labels, p, limits)]


def fairness(
    groups: Any, labels: Floats, probabilities: Floats, limits: Limits
) -> list[dict[str, Any]]:
    """Return per group (age band, gender) how its probabilities hold, the groups with rows enough.

    A group whose mean probability is off its losses by more than the limits is marked: it is told
    too much or too little risk. A group without a name is not recorded and left out.
    """
    found = []
    for name, rows in counted(groups).items():
        of_group = codes_of(groups, [name]) == 0
        losses = float(labels[of_group].sum())
        if not name or rows < LEAST_ROWS or losses < LEAST_LOSSES:
            continue
        said, seen = float(probabilities[of_group].mean()), losses / rows
        found.append(
            {
                "group": name,
                "rows": rows,
                "said": round(said, 4),
                "seen": round(seen, 4),
                "ratio": round(said / seen, 3),
                "is_off": not limits.low <= said / seen <= limits.high,
            }
        )
    return found
