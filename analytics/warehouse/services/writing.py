"""Cells written from the base: a whole fact, or the days of it that changed (ANA-53)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from analytics.warehouse.base_sql import (
    COARSE,
    FINE,
    HISTORIES,
    cells_sql,
    has_amounts,
    history_sql,
)
from analytics.warehouse.clock import moments
from analytics.warehouse.models import CubeCell, CubeState, CubeSum
from analytics.warehouse.rules.measures import Fact
from analytics.warehouse.rules.spans import spans_of

LOCK_KEY = 4_207_053  # of the advisory lock that one writer holds
# Only "create table as" lets the database read with several processes; a plain insert does not.
STAGE = "CREATE TEMPORARY TABLE cube_stage ON COMMIT DROP AS {cells}"
FILL = """
INSERT INTO analytics_cubecell ({fine}, n, amount, squares)
SELECT {fine}, n, amount, squares FROM cube_stage ORDER BY day
"""
ROLL_UP = """
INSERT INTO analytics_cubesum ({coarse}, n, amount, squares)
SELECT {coarse}, sum(n), {sums} FROM cube_stage GROUP BY {coarse} ORDER BY day
"""
SUMS, NO_SUMS = "sum(amount), sum(squares)", "0, 0"
ROOM = "SET LOCAL work_mem = '256MB'"


@contextmanager
def histories() -> Iterator[None]:
    """Keep the grades and stages of everybody at hand while facts are written whole.

    What is entered meanwhile is not in them; the next run looks at it, as at everything behind its
    marks.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{HISTORIES}")
        cursor.execute(f"CREATE TEMPORARY TABLE {HISTORIES} AS {history_sql()}")
        cursor.execute(f"ANALYZE {HISTORIES}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{HISTORIES}")


@transaction.atomic
def write_fact(fact: Fact, *, slot: str, now: datetime) -> int:
    """Write every cell of ``fact`` anew in one transaction; return how many fine cells there are.

    Within ``histories`` only.
    Until it ends everybody reads the cells as they were; then all of the new ones at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
        _stage(cursor, fact, within=False, params={})
        CubeCell.objects.filter(fact=fact.value).delete()
        CubeSum.objects.filter(fact=fact.value).delete()
        cells = _insert(cursor, fact)
    CubeState.objects.update_or_create(
        fact=fact.value,
        defaults={"refreshed_at": now, "rebuilt_at": now, "slot": slot, "cells": cells},
    )
    return cells


@transaction.atomic
def write_days(fact: Fact, days: Sequence[date]) -> int:
    """Write the cells of ``fact`` on ``days`` anew; return how many. Twice changes nothing."""
    if not days:
        return 0
    with connection.cursor() as cursor:
        _stage(cursor, fact, within=True, params=moments(spans_of(days)))
        CubeCell.objects.filter(fact=fact.value, day__in=days).delete()
        CubeSum.objects.filter(fact=fact.value, day__in=days).delete()
        return _insert(cursor, fact)


def _stage(cursor: Any, fact: Fact, *, within: bool, params: dict[str, Any]) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.cube_stage")
    cursor.execute(
        STAGE.format(cells=cells_sql(fact, within=within)),
        {"fact": fact.value, "zone": settings.TIME_ZONE, **params},
    )


def _insert(cursor: Any, fact: Fact) -> int:
    cursor.execute(FILL.format(fine=FINE))
    cells = int(cursor.rowcount)
    sums = SUMS if has_amounts(fact) else NO_SUMS
    cursor.execute(ROLL_UP.format(coarse=COARSE, sums=sums))
    return cells
