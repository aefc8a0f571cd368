"""Work over whole tables beside people at work: read once, write in short transactions, rest.

What a run reads goes into a temporary table in one statement, which stands in nobody's way. What it
writes goes out in chunks, each a transaction of its own that holds its locks for a fraction of a
second; after each the run rests for a share of the time it took, so that pages get their turn. A
run that dies leaves whole chunks behind, so every caller writes only what differs and can repeat.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection, transaction

# One transaction holds as many advisory locks at most (``holding``); PostgreSQL has room for 6,400.
CHUNK = 1000
REST = 0.25  # of the time the chunk took
# Room for the joins of one reading; a second processor stays with the pages.
READING = "SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0"

NUMBERED = """
CREATE TEMPORARY TABLE {name} AS
SELECT row_number() OVER (ORDER BY {order}) AS n, found.* FROM ({statement}) found
"""


@contextmanager
def alone(key: int) -> Iterator[bool]:
    """Hold the advisory lock ``key`` over several transactions; yield whether it was free.

    It ends with the block, or with the connection of a killed process.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_free = bool(cursor.fetchone()[0])
    try:
        yield is_free
    finally:
        if is_free:
            _quietly("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def numbered(
    name: str, statement: str, params: Mapping[str, Any] | Sequence[Any], *, order: str = "id"
) -> Iterator[int]:
    """Put what ``statement`` selects into temporary table ``name``; yield how many rows it has.

    Column ``n`` counts them from 1 by the columns in ``order``. The table ends with the block.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READING)
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(NUMBERED.format(name=name, statement=statement, order=order), params)
        rows = cursor.rowcount
        if rows > CHUNK:
            cursor.execute(f"CREATE UNIQUE INDEX ON {name} (n)")
        cursor.execute(f"ANALYZE {name}")
    try:
        yield rows
    finally:
        _quietly(f"DROP TABLE IF EXISTS pg_temp.{name}")


def ids_of(name: str, first: int, last: int) -> list[int]:
    """Return the ids from number ``first`` to ``last`` of a numbered table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {name} WHERE n BETWEEN %s AND %s ORDER BY n",  # noqa: S608 -- a constant of the caller
            [first, last],
        )
        return [pk for (pk,) in cursor.fetchall()]


def chunks(rows: int, *, seconds: float | None = None) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each chunk of ``rows``, resting in between.

    After ``seconds`` no further chunk comes, so that the caller can hand on to a new task.
    """
    begun = time.monotonic()
    for first in range(1, rows + 1, CHUNK):
        started = time.monotonic()
        yield first, min(first + CHUNK - 1, rows)
        now = time.monotonic()
        if seconds is not None and now - begun > seconds:
            return
        if first + CHUNK <= rows:
            time.sleep((now - started) * REST)


def _quietly(statement: str, params: list[Any] | None = None) -> None:
    """Run a statement of the clearing up; where the connection is gone, so is what it clears."""
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(statement, params)
