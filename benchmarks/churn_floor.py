"""The least a night of scoring can take: bare statements, NumPy, and a table that is swapped in.

Each source is one plain aggregate over the whole table; a weighted sum is made of the inputs, and
every customer's score is copied into a new table with the keys and indexes of the product's, which
then takes the old one's name. It keeps no levels, reasons, history or refusals, tells nobody, looks
at nobody's week and cannot be taken up after a kill.
"""

import io
from collections.abc import Iterable
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from analytics.churn.features.building import EVERYBODY, statement
from analytics.churn.features.reading import aligned, read_floats
from analytics.churn.features.sources import SOURCES
from analytics.churn.services.writing import COLUMNS

TABLE: Final = "analytics_churnscore"
NAMES: Final = ("id", "known", "home", "owner", "budget", "churned", "was_referred", "moved_in")


def score_everybody() -> None:
    """Read, weigh, copy and swap, as bare as can be, on one processor as the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    params = {"t": timezone.now(), "first": 0, "last": 2**62, "sources": ["x"]}
    raw = read_floats(EVERYBODY, params, NAMES)
    for source in SOURCES:
        found = read_floats(statement(source), params, ("customer", "seen", *source.picks))
        raw |= aligned(found, raw["id"], tuple(source.picks))
    inputs = np.nan_to_num(
        np.column_stack([values for name, values in raw.items() if name != "id"])
    )
    inputs = (inputs - inputs.mean(axis=0)) / np.maximum(inputs.std(axis=0), 1e-9)
    risk = 1 / (1 + np.exp(-inputs.sum(axis=1) * 0.05))
    copy_and_swap(
        f"{int(pk)}\tlead\t{p!r}\t{int(p * 100)}\t0\t0\tgreen\tgreen\t{{}}\t[]\tcard\t0\tnow\n"
        for pk, p in zip(raw["id"].tolist(), risk.tolist(), strict=True)
    )


def copy_and_swap(lines: Iterable[str]) -> None:
    """Copy lines into a new table like that of the scores and let it take the old one's place."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS floor_new; CREATE TABLE floor_new (LIKE {TABLE})")
        cursor.copy_expert(
            f"COPY floor_new ({', '.join(COLUMNS)}) FROM STDIN", io.StringIO("".join(lines))
        )
        cursor.execute("ALTER TABLE floor_new ADD PRIMARY KEY (customer_id)")
        cursor.execute("CREATE INDEX ON floor_new (points DESC, customer_id DESC)")
        cursor.execute("CREATE INDEX ON floor_new (at_stake DESC, customer_id DESC)")
        cursor.execute(
            "DROP TABLE IF EXISTS floor_score; ALTER TABLE floor_new RENAME TO floor_score"
        )
