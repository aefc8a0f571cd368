"""Rows into tables by COPY, with keys taken from the tables' own sequences."""

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


_SPECIAL = re.compile(r"[\\\t\n\r]").search


class Tokens(list[str]):
    """Lexemes of a ``tsvector`` column."""


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL(value) else value


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _tokens(value: Tokens) -> str:
    quoted = (token.replace("\\", "\\\\").replace("'", "''") for token in value if token)
    return _text(" ".join(f"'{token}'" for token in quoted))


def _json(value: Any) -> str:
    return _text(json.dumps(value, ensure_ascii=False))


def _iso(value: date) -> str:
    return value.isoformat()


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    bytes: _bytes,
    int: str,
    bool: lambda value: "t" if value else "f",
    Decimal: str,
    float: repr,
    datetime: _iso,
    date: _iso,
    dict: _json,
    Tokens: _tokens,
    type(None): lambda _value: "\\N",
}


def copy_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    same: Mapping[str, Any],
) -> None:
    """Append ``rows`` to the table of ``model`` in one COPY; a violated constraint raises.

    ``same`` are the columns whose value is the same in every row.
    """
    writers = _WRITERS
    end = "".join(f"\t{writers[type(value)](value)}" for value in same.values()) + "\n"
    text = "".join(
        ["\t".join([writers[type(value)](value) for value in row]) + end for row in rows]
    )
    if not text:
        return
    names = ", ".join(connection.ops.quote_name(name) for name in (*columns, *same))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(text))


def take_keys(model: type[Model], count: int) -> list[int]:
    """Return ``count`` unused primary keys of ``model``."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
