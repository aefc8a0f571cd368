"""Columns of many stored rows written by one statement."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import models

BATCH: Final = 1000


def write_columns(rows: Sequence[models.Model], columns: Sequence[str]) -> int:
    """Write ``columns`` of stored rows as they are in memory; return how many rows.

    What ``bulk_update`` does, in a fraction of its time: the rows go out as plain values and meet
    their own keys, instead of one CASE for each column. Hold the rows locked, or they come back to
    life where they were deleted meanwhile.
    """
    if not rows:
        return 0
    model: Any = type(rows[0])
    model._base_manager.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=list(columns),
    )
    return len(rows)
