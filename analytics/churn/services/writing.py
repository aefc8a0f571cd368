"""Scores into their table: what is new by COPY, what differs by one UPDATE, who left deleted."""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

COLUMNS: Final = (
    *("customer_id", "stage", "probability", "points", "noted", "at_stake", "wanted", "level"),
    *("blocks", "reasons", "engine", "model_version", "scored_at"),
)
_NAMES: Final = ", ".join(COLUMNS)
COPY_NEW: Final = f"COPY analytics_churnscore ({_NAMES}) FROM STDIN"
STAGE: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS churn_staging (LIKE analytics_churnscore)"
    " ON COMMIT DELETE ROWS"
)
COPY_STAGED: Final = f"COPY churn_staging ({_NAMES}) FROM STDIN"
_SET: Final = ", ".join(f"{name} = n.{name}" for name in COLUMNS[1:])
MERGE: Final = (
    f"UPDATE analytics_churnscore s SET {_SET} FROM churn_staging n"  # noqa: S608 -- constants
    " WHERE s.customer_id = n.customer_id"
)
REMOVE: Final = "DELETE FROM analytics_churnscore WHERE customer_id = ANY(%s)"
COPY_HISTORY: Final = (
    "COPY analytics_churnscorechange"
    " (customer_id, at, stage, before, after, points, engine, model_version) FROM STDIN"
)
STAGE_HEALTH: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS health_staging (LIKE analytics_ownerhealth)"
    " ON COMMIT DELETE ROWS"
)
COPY_HEALTH: Final = "COPY health_staging (customer_id, points, parts, scored_at) FROM STDIN"
MERGE_HEALTH: Final = """
INSERT INTO analytics_ownerhealth AS h (customer_id, points, parts, scored_at)
SELECT customer_id, points, parts, scored_at FROM health_staging
ON CONFLICT (customer_id) DO UPDATE SET points = excluded.points, parts = excluded.parts,
    scored_at = excluded.scored_at
WHERE (h.points, h.parts) IS DISTINCT FROM (excluded.points, excluded.parts)
"""
REMOVE_HEALTH: Final = """
DELETE FROM analytics_ownerhealth WHERE customer_id BETWEEN %(first)s AND %(last)s
    AND NOT customer_id = ANY(%(kept)s)
"""


def line(values: Iterable[Any]) -> str:
    """Return one row as COPY reads it; texts here are codes and numbers, JSON is escaped."""
    return "\t".join(map(str, values)) + "\n"


def as_json(value: Any) -> str:
    """Return JSON as COPY reads it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\\", "\\\\")


def copy_new(lines: Sequence[str]) -> None:
    """Append rows that are not there yet."""
    _copy(COPY_NEW, lines)


def merge_changed(lines: Sequence[str]) -> None:
    """Overwrite rows that are there."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        _copy(COPY_STAGED, lines)
        cursor.execute(MERGE)


def remove(keys: Sequence[int]) -> None:
    """Take scores away."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(REMOVE, [list(keys)])


def keep_history(lines: Sequence[str]) -> None:
    """Append lines of the history."""
    _copy(COPY_HISTORY, lines)


def merge_health(lines: Sequence[str], *, first: int, last: int, kept: Sequence[int]) -> None:
    """Write the health of the owners of a range; who is no owner has none."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE_HEALTH, {"first": first, "last": last, "kept": list(kept)})
        if lines:
            cursor.execute(STAGE_HEALTH)
            _copy(COPY_HEALTH, lines)
            cursor.execute(MERGE_HEALTH)


def moment(at: datetime) -> str:
    """Return a moment as COPY reads it."""
    return at.isoformat()


def _copy(statement: str, lines: Sequence[str]) -> None:
    if lines:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(statement, io.StringIO("".join(lines)))
