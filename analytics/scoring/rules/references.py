"""The usual stayer of each stage: what reasons are measured against (design 1.4)."""

from typing import Any

import numpy as np

from analytics.scoring.rules.tables import (
    CATEGORY,
    Column,
    Floats,
    Ints,
    Table,
    codes_of,
    counted,
    text_of,
)

EVERYBODY = ""
LEAST_STAYERS = 20
Reference = dict[str, float | str | None]


def references_of(table: Table, labels: Floats | None, stage: str) -> dict[str, Reference]:
    """Return the median stayer of each stage and of everybody (key ``""``).

    A stage with fewer than twenty stayers has none of its own. Without labels all rows count.
    """
    stayed = table if labels is None else table.take(labels == 0)
    found = {EVERYBODY: _median(stayed)}
    if stage and stage in table.names:
        texts = stayed.texts(stage)
        for level, n in counted(texts).items():
            if n >= LEAST_STAYERS and level:
                rows = np.array([text_of(text) == level for text in texts])
                found[level] = _median(stayed.take(rows))
    return found


def _median(table: Table) -> Reference:
    found: Reference = {}
    for column in table.columns:
        if column.kind == CATEGORY:
            found[column.name] = next(iter(counted(table.texts(column.name))), "")
            continue
        numbers = table.numbers(column.name)
        kept = numbers[~np.isnan(numbers)]
        half = len(kept) * 2 >= len(numbers) and len(kept)
        found[column.name] = float(np.median(kept)) if half else None
    return found


def reference_table(columns: tuple[Column, ...], references: dict[str, Reference]) -> Table:
    """Return one row per reference, in their order."""
    rows = list(references.values())
    values: dict[str, Any] = {}
    for column in columns:
        given = [row.get(column.name) for row in rows]
        if column.kind == CATEGORY:
            values[column.name] = np.array([text_of(one) for one in given], dtype=object)
        else:
            numbers = [np.nan if one is None else float(one) for one in given]
            values[column.name] = np.array(numbers, dtype=np.float64)
    return Table(columns, values)


def reference_rows(table: Table, references: dict[str, Reference], stage: str) -> Ints:
    """Return for each row which reference is its own, by place; that of everybody if none is."""
    names = list(references)
    fallback = names.index(EVERYBODY)
    if not stage or stage not in table.names:
        return np.full(table.rows, fallback, dtype=np.int64)
    codes = codes_of(table.texts(stage), names)
    return np.where(codes < 0, fallback, codes)
