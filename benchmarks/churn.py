"""The nightly scoring of churn against bare statements, NumPy and a table that is swapped in.

The floor reads the same tables whole, one plain aggregate each, adds up a weighted sum, and copies
every customer's score into a new table with the keys and indexes of the product's, which then takes
the old one's name. It keeps no levels, reasons, history or refusals, tells nobody, and cannot be
taken up after a kill. Ours does all of that in ranges that workers share.
"""

import io
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from analytics.churn.features.building import EVERYBODY, statement
from analytics.churn.features.reading import aligned, read_floats
from analytics.churn.features.sources import SOURCES
from analytics.churn.models import ChurnRun, ChurnScore, ChurnScoreChange, OwnerHealth
from analytics.churn.services.running import score_churn
from benchmarks.figures import Row, compare

GOAL: Final = 2.0
MEMORY_GOAL_MB: Final = 2048
TABLE: Final = "analytics_churnscore"


def run(_customers: int) -> Iterator[Row]:
    """Yield the first night, a night on which little changed, writing alone, and memory."""
    now = timezone.now()
    _forget()
    floor = _seconds(_floor)
    ours = _seconds(lambda: _score(now))
    yield compare("first night, everybody new", floor=floor, ours=ours, unit="s", goal=GOAL)
    floor = _seconds(_floor)
    ours = _seconds(lambda: _score(now + timedelta(days=1)))
    yield compare("the next night", floor=floor, ours=ours, unit="s", goal=GOAL)
    yield compare(
        "memory of the worker",
        floor=MEMORY_GOAL_MB,
        ours=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        unit="MB",
        goal=1.0,
    )
    _forget()


def _score(now: Any) -> None:
    done = score_churn(slot=f"bench:{uuid4().hex}", now=now)
    if not done.is_finished:
        raise AssertionError("the scoring did not end")


def _floor() -> None:
    """Read, weigh, copy and swap everything, as bare as can be."""
    params = {"t": timezone.now(), "first": 0, "last": 2**62, "sources": ["x"]}
    names = ("id", "known", "home", "owner", "budget", "churned", "was_referred", "moved_in")
    raw = read_floats(EVERYBODY, params, names)
    for source in SOURCES:
        found = read_floats(statement(source), params, ("customer", "seen", *source.picks))
        raw |= aligned(found, raw["id"], tuple(source.picks))
    inputs = np.nan_to_num(
        np.column_stack([values for name, values in raw.items() if name != "id"])
    )
    inputs = (inputs - inputs.mean(axis=0)) / np.maximum(inputs.std(axis=0), 1e-9)
    risk = 1 / (1 + np.exp(-inputs.sum(axis=1) * 0.05))
    lines = [
        f"{int(pk)}\tlead\t{p!r}\t{int(p * 100)}\t0\t0\tgreen\tgreen\t{{}}\t[]\tcard\t0\tnow\n"
        for pk, p in zip(raw["id"].tolist(), risk.tolist(), strict=True)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS floor_new; CREATE TABLE floor_new (LIKE {TABLE})")
        cursor.copy_expert(
            "COPY floor_new (customer_id, stage, probability, points, noted, at_stake, wanted,"
            " level, blocks, reasons, engine, model_version, scored_at) FROM STDIN",
            io.StringIO("".join(lines)),
        )
        cursor.execute("ALTER TABLE floor_new ADD PRIMARY KEY (customer_id)")
        cursor.execute("CREATE INDEX ON floor_new (points DESC, customer_id DESC)")
        cursor.execute("CREATE INDEX ON floor_new (at_stake DESC, customer_id DESC)")
        cursor.execute(
            "DROP TABLE IF EXISTS floor_score; ALTER TABLE floor_new RENAME TO floor_score"
        )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _forget() -> None:
    for model in (ChurnScoreChange, ChurnScore, OwnerHealth, ChurnRun):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_score")
