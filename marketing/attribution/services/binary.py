"""Rows of whole numbers to and from the database by binary COPY, as arrays."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection

from marketing.attribution.rules.shares import Ints

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END: Final = b"\xff\xff"
LENGTH: Final = 8  # bytes of a bigint


def read_ints(statement: str, params: Mapping[str, Any], names: Sequence[str]) -> dict[str, Ints]:
    """Return the columns ``names`` of ``statement``, all of which are bigints that are not null.

    A row in this format has a fixed length, so a million rows are one array, not a million tuples.
    """
    found = io.BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        asked = cursor.mogrify(statement, params).decode()
        cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT binary)", found)
    data = found.getbuffer()
    row = _row(names)
    rows = (len(data) - len(SIGNATURE) - len(END)) // row.itemsize
    table = np.frombuffer(data, dtype=row, count=rows, offset=len(SIGNATURE))
    return {name: table[name].astype(np.int64) for name in names}


def write_ints(statement: str, columns: Mapping[str, Ints]) -> None:
    """Write columns of whole numbers by ``statement``, a COPY from binary."""
    names = list(columns)
    table = np.zeros(len(columns[names[0]]), dtype=_row(names))
    table["count"] = len(names)
    for name in names:
        table[f"length of {name}"] = LENGTH
        table[name] = columns[name]
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, io.BytesIO(SIGNATURE + table.tobytes() + END))


def _row(names: Sequence[str]) -> np.dtype[Any]:
    fields: list[Any] = [("count", ">i2")]
    for name in names:
        fields += [(f"length of {name}", ">i4"), (name, ">i8")]
    return np.dtype(fields)
