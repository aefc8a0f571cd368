"""An evaluation from files to figures, in a transaction that is rolled back: nothing stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from django.db import connection, transaction

from analytics.scoring.evaluation import payments
from analytics.scoring.evaluation.errors import EvaluationError
from analytics.scoring.evaluation.files import (
    complete,
    outcomes,
    read_folds,
    read_grid,
    read_mapping,
)
from analytics.scoring.evaluation.importing import bring_in, keys_of
from analytics.scoring.evaluation.scoring import (
    Evaluated,
    cross_score,
    inputs_of,
    losses_after,
    store_losses,
)
from analytics.scoring.rules.folds import folds_of

FOLDS = 5
# A large table is learned from for minutes while the transaction waits.
PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"


@dataclass(frozen=True)
class Asked:
    """What is to be evaluated; ``days`` and ``cutoff`` are for a file of payments."""

    file: Path
    mapping: Path
    label: str
    folds: Path | None = None
    lost: str = ""
    cutoff: date | None = None
    days: int = 273
    seeds: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Report:
    """One result per repetition, and what the import found wrong."""

    results: list[Evaluated]
    notes: list[str]


def evaluate(asked: Asked, *, now: datetime) -> Report:
    """Return the figures of a table through import, inputs and stored scores; nothing is kept.

    EvaluationError when the files do not fit together.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PATIENT)
        try:
            return _evaluate(asked, now)
        finally:
            transaction.set_rollback(True)


def _evaluate(asked: Asked, now: datetime) -> Report:
    grid = read_grid(asked.file)
    mapping = read_mapping(asked.mapping, grid)
    if payments.is_of_payments(mapping):
        if asked.cutoff is None:
            raise EvaluationError("A file of payments needs --cutoff DAY.")
        at = payments.moment_after(asked.cutoff)
        found = payments.bring_in_payments(payments.payments_of(grid, mapping), now=now)
        lost = payments.silent_after(found, at, asked.days)
    else:
        mapping = complete(mapping, grid, asked.label)
        keys = keys_of(grid, mapping)
        labels = outcomes(grid.column(asked.label), asked.lost)
        found = bring_in(grid, mapping, keys, now=now)
        at = max(now, found.known_at)
        pairs = zip(keys, labels, strict=True)
        gone = [key for key, is_lost in pairs if is_lost and key in found.customers]
        store_losses([found.customers[key] for key in gone], at=at)
        lost = losses_after(at)
    ids, table = inputs_of(list(found.customers.values()), at)
    truth = np.isin(ids, sorted(lost)).astype(np.float64)
    key_of = {pk: key for key, pk in found.customers.items()}
    names = [key_of[pk] for pk in ids.tolist()]
    results = [
        cross_score(ids, table, truth, folds, seed=place + 1, now=now)
        for place, folds in enumerate(_folds(asked, names, truth))
    ]
    return Report(results, found.notes)


def _folds(asked: Asked, keys: Sequence[str], truth: np.ndarray) -> list[list[str]]:
    if asked.folds is not None:
        return read_folds(asked.folds, keys)
    return [list(map(str, folds_of(truth, None, FOLDS, seed))) for seed in asked.seeds]
