"""Figures out of the database by binary COPY: every column a float, NaN for what is missing."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HEAD: Final = 19  # bytes of the signature, the flags and the length of the extension
MISSING: Final = "'NaN'::float8"


def as_float(expression: str) -> str:
    """Return SQL that gives ``expression`` as a float that is never null."""
    return f"coalesce(({expression})::float8, {MISSING})"


def seconds(expression: str) -> str:
    """Return SQL that gives a moment as seconds since 1970."""
    return as_float(f"extract(epoch FROM {expression})")


def read_floats(
    statement: str, params: Mapping[str, Any], names: Sequence[str]
) -> dict[str, Floats]:
    """Return the columns ``names`` of ``statement``, all of which are floats that are not null.

    A row in this format has a fixed length, so a million rows are one array, not a million tuples.
    """
    found = io.BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        asked = cursor.mogrify(statement, params).decode()
        cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT binary)", found)
    data = found.getbuffer()
    fields: list[Any] = [("count", ">i2")]
    for name in names:
        fields += [(f"length of {name}", ">i4"), (name, ">f8")]
    row = np.dtype(fields)
    rows = (len(data) - HEAD - 2) // row.itemsize
    table = np.frombuffer(data, dtype=row, count=rows, offset=HEAD)
    return {name: table[name].astype(np.float64) for name in names}
