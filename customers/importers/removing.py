"""Rows taken out with all that hangs on them, a set at a time.

Which tables hang on a row follows from the models, so a new one is found by itself. One statement
asks all of them who points to the rows; only those that do are emptied, by keys. A foreign key
that the models do not know, or that protects what it points to, is refused by the database when
the transaction ends, and then nothing is removed.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.fields.reverse_related import ForeignObjectRel
from psycopg2.sql import SQL, Composable, Identifier, Literal

DELETE = SQL("DELETE FROM {table} WHERE {column} = ANY(%s)")
LET_GO = SQL("UPDATE {table} SET {column} = NULL WHERE {column} = ANY(%s)")
KEYS = SQL("SELECT {key} FROM {table} WHERE {column} = ANY(%s)")
POINTING = SQL(
    "SELECT {place}, k.id FROM k WHERE EXISTS (SELECT FROM {table} t WHERE t.{column} = k.id)"
)
ALL_POINTING = SQL("WITH k AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS id) {questions}")


def remove(model: type[models.Model], keys: Sequence[int]) -> int:
    """Delete the rows of ``model`` with these keys; return how many.

    Call it inside the transaction that holds the locks on the rows. What points to them with
    CASCADE goes first, what points to them with SET_NULL lets go.
    """
    if not keys:
        return 0
    found = [one for one in pointing(model, keys) if one[1]]
    for relation, pointed_at in sorted(found, key=_has_children):
        _loosen(relation, pointed_at)
    return _run(DELETE, model, str(model._meta.pk.column), keys)


def pointing(
    model: type[models.Model], keys: Sequence[int]
) -> list[tuple[ForeignObjectRel, list[int]]]:
    """Return each foreign key to ``model`` with those of ``keys`` its table points to."""
    relations = references(model)
    if not keys or not relations:
        return []
    questions = [
        _composed(POINTING, relation.related_model, str(relation.field.column), place=place)
        for place, relation in enumerate(relations)
    ]
    pointed_at: list[list[int]] = [[] for _relation in relations]
    for place, key in _fetch(
        ALL_POINTING.format(questions=SQL(" UNION ALL ").join(questions)), keys
    ):
        pointed_at[place].append(key)
    return list(zip(relations, pointed_at, strict=True))


@cache
def references(model: type[models.Model]) -> tuple[ForeignObjectRel, ...]:
    """Return every foreign key to ``model``, those without a name of their own as well."""
    return tuple(_reverse(model))


def _reverse(model: type[models.Model]) -> Iterator[ForeignObjectRel]:
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            yield relation


def _has_children(found: tuple[ForeignObjectRel, list[int]]) -> bool:
    """Tables on which nothing hangs come first: what is gone need not let go of anything."""
    return bool(references(found[0].related_model))


def _loosen(relation: ForeignObjectRel, keys: Sequence[int]) -> None:
    child, column = relation.related_model, str(relation.field.column)
    if relation.on_delete is models.SET_NULL:
        _run(LET_GO, child, column, keys)
    elif relation.on_delete is models.CASCADE and references(child):
        remove(child, [row[0] for row in _fetch(_composed(KEYS, child, column), keys)])
    elif relation.on_delete is models.CASCADE:
        _run(DELETE, child, column, keys)


def _fetch(statement: Composable, keys: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _run(statement: SQL, model: type[models.Model], column: str, keys: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_composed(statement, model, column), [list(keys)])
        return int(cursor.rowcount)


def _composed(
    statement: SQL, model: type[models.Model], column: str, *, place: int = 0
) -> Composable:
    return statement.format(
        table=Identifier(model._meta.db_table),
        column=Identifier(column),
        key=Identifier(str(model._meta.pk.column)),
        place=Literal(place),
    )
