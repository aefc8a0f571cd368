"""From imported customers to stored scores and their figures, each row scored by a model of others.

Inputs come from the builder of the nightly run, outcomes from stored losses, scores go into the
stored table and are read back from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from analytics.churn.features.building import cut_at, read_snapshot
from analytics.churn.models import ChurnLoss, ChurnScore
from analytics.churn.rules.reasons import Reason, Scene
from analytics.churn.rules.words import LossRule, Stage
from analytics.scoring.evaluation.errors import EvaluationError
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.figures import metrics
from analytics.scoring.rules.tables import Column, Floats, Ints, Table
from analytics.scoring.rules.training import train

GAP, HORIZON = timedelta(days=7), timedelta(days=90)
RANGE = 20_000
BATCH = 2_000
FIGURES = ("auc", "pr_auc", "brier", "ece", "lift_10")


@dataclass(frozen=True)
class Evaluated:
    """Figures of one repetition: pooled over folds, and the mean of the folds."""

    rows: int
    losses: int
    engines: dict[str, str]
    pooled: dict[str, float | None]
    mean: dict[str, float | None]
    leaks: tuple[str, ...]


def store_losses(customers: Sequence[int], *, at: datetime) -> None:
    """Write a dated loss after the snapshot for each of these customers."""
    day = timezone.localdate(at + GAP + timedelta(days=1))
    rows = (
        ChurnLoss(
            customer_id=pk,
            on=day,
            rule=LossRule.GAVE_UP,
            stage=Stage.LEAD,
            main_reason=Reason.UNKNOWN,
            scene=Scene.INFORMATION,
            source=f"evaluation:{pk}",
            recorded_at=at + GAP + timedelta(days=1),
        )
        for pk in customers
    )
    ChurnLoss.objects.bulk_create(rows, batch_size=BATCH)


def losses_after(at: datetime) -> set[int]:
    """Return the customers lost within the horizon after the gap."""
    days = timezone.localdate(at + GAP), timezone.localdate(at + GAP + HORIZON)
    found = ChurnLoss.objects.filter(on__gt=days[0], on__lte=days[1])
    return set(found.values_list("customer", flat=True))


def inputs_of(customers: Sequence[int], at: datetime) -> tuple[Ints, Table]:
    """Return the customers known at the moment, and their inputs as the nightly run reads them."""
    cut, wanted = cut_at(at), np.array(sorted(customers), dtype=np.int64)
    parts = []
    for start in range(0, len(wanted), RANGE):
        part = wanted[start : start + RANGE]
        found = read_snapshot(cut, int(part[0]), int(part[-1]))
        parts.append(found.take(np.flatnonzero(np.isin(found.ids, part))))
    if not parts or not sum(len(part.ids) for part in parts):
        raise EvaluationError("No customer of the file is known at that moment.")
    columns: tuple[Column, ...] = parts[0].table.columns
    names = [column.name for column in columns]
    values = {name: np.concatenate([part.table.values[name] for part in parts]) for name in names}
    return np.concatenate([part.ids for part in parts]), Table(columns, values)


def cross_score(
    ids: Ints, table: Table, labels: Floats, folds: Sequence[str], *, seed: int, now: datetime
) -> Evaluated:
    """Score each fold by a model of the others, store the scores, and measure what is stored."""
    of_row = np.array(folds, dtype=object)
    engines: dict[str, str] = {}
    leaks: set[str] = set()
    ChurnScore.objects.filter(customer__in=ids.tolist()).delete()
    for fold in sorted(set(folds)):
        inside = of_row != fold
        try:
            champion = train(table.take(inside), labels[inside], seed=seed)
        except CannotTrainError as error:
            raise EvaluationError(f"Fold {fold}: {error}") from error
        p = champion.probabilities(table.take(~inside))
        ChurnScore.objects.bulk_create(
            _rows(ids[~inside], p, champion.engine, now), batch_size=BATCH
        )
        engines[fold] = champion.engine
        leaks |= set(champion.leaks)
    stored = dict(ChurnScore.objects.in_bulk(ids.tolist()))
    p = np.array([stored[int(pk)].probability for pk in ids])
    by_fold = [_figures(labels[of_row == fold], p[of_row == fold]) for fold in engines]
    return Evaluated(
        rows=len(ids),
        losses=int(labels.sum()),
        engines=engines,
        pooled=_figures(labels, p),
        mean={name: _mean([one[name] for one in by_fold]) for name in FIGURES},
        leaks=tuple(sorted(leaks)),
    )


def _rows(ids: Ints, p: Floats, engine: str, now: datetime) -> Iterator[ChurnScore]:
    for pk, probability in zip(ids.tolist(), p.tolist(), strict=True):
        yield ChurnScore(
            customer_id=pk,
            stage=Stage.LEAD,
            probability=probability,
            points=round(probability * 100),
            wanted="none",
            level="none",
            engine=engine,
            scored_at=now,
        )


def _figures(labels: Floats, p: Floats) -> dict[str, float | None]:
    found: Mapping[str, float | None] = metrics(labels, p).as_json()
    return {name: found[name] for name in FIGURES}


def _mean(found: Sequence[float | None]) -> float | None:
    kept = [one for one in found if one is not None]
    return sum(kept) / len(kept) if kept else None
