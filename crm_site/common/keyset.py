"""Paging by position: pages stay whole while rows come and go, at one cost for every page."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

EXACT_COUNT_LIMIT = 10_000
PAGE_SIZES = (20, 50, 100)
DEFAULT_PAGE_SIZE = 50
PAGE_KEYS = ("after", "before")

Sorts = Mapping[str, tuple[str, ...]]


class CursorError(ValueError):
    """The cursor was not made by us, or for another order."""


@dataclass(frozen=True, slots=True)
class Column:
    """One part of an order: a field path or annotation, its direction, whether it may be empty."""

    path: str
    descending: bool
    nullable: bool

    def order(self, *, backwards: bool) -> OrderBy:
        """Return the ORDER BY part; empty values stand last, so first when read backwards."""
        descending = self.descending != backwards
        if not self.nullable:
            return F(self.path).desc() if descending else F(self.path).asc()
        direction = F(self.path).desc if descending else F(self.path).asc
        return direction(nulls_first=True) if backwards else direction(nulls_last=True)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Return the condition "strictly after `value`" in reading direction; None: no row."""
        if value is None:
            return Q((f"{self.path}__isnull", False)) if backwards else None
        lookup = "lt" if self.descending != backwards else "gt"
        condition = Q((f"{self.path}__{lookup}", value))
        if self.nullable and not backwards:
            condition |= Q((f"{self.path}__isnull", True))
        return condition

    def equal(self, value: Any) -> Q:
        """Return the condition "same as `value`"."""
        return Q((f"{self.path}__isnull", True)) if value is None else Q((self.path, value))


@dataclass(slots=True)
class Page:
    """One page of a list and the addresses of its neighbours; urls are empty where none is."""

    rows: list[Any]
    sort: str
    size: int
    count: int | None
    after: str
    before: str
    query: QueryDict
    sizes: tuple[int, ...] = PAGE_SIZES
    count_limit: int = EXACT_COUNT_LIMIT

    @property
    def next_url(self) -> str:
        """Return the address of the following page."""
        return self._url(after=self.after) if self.after else ""

    @property
    def previous_url(self) -> str:
        """Return the address of the page before."""
        return self._url(before=self.before) if self.before else ""

    def sort_url(self, key: str) -> str:
        """Return the address of the first page sorted by `key`, reversed if it is sorted so now."""
        return self._url(order=f"-{key}" if self.sort == key else key)

    def size_url(self, size: int) -> str:
        """Return the address of the first page with `size` rows."""
        return self._url(page_size=str(size))

    def _url(self, **changes: str) -> str:
        query = self.query.copy()
        for key in PAGE_KEYS:
            query.pop(key, None)
        for key, value in changes.items():
            query[key] = value
        return f"?{query.urlencode()}"


def count_up_to(queryset: QuerySet[Any], limit: int = EXACT_COUNT_LIMIT) -> int | None:
    """Return the number of rows, None beyond `limit`; the database never counts further."""
    counted = queryset.order_by().values("pk")[: limit + 1].count()
    return None if counted > limit else counted


def chosen_sort(wanted: str, sorts: Sorts, default: str) -> str:
    """Return `wanted` if its key is on the allow-list, else `default`."""
    return wanted if wanted.removeprefix("-") in sorts else default


def chosen_size(wanted: str, sizes: tuple[int, ...] = PAGE_SIZES) -> int:
    """Return the page size asked for if it is offered, else the default."""
    return int(wanted) if wanted in {str(size) for size in sizes} else DEFAULT_PAGE_SIZE


def paginate(
    queryset: QuerySet[Any], *, query: QueryDict, sorts: Sorts, default: str, size: int = 0
) -> Page:
    """Return the page that `query` (order, page_size, after, before) asks for.

    A cursor that is not ours raises CursorError. A page before that holds nothing any more gives
    the first page.
    """
    sort = chosen_sort(query.get("order", ""), sorts, default)
    size = size or chosen_size(query.get("page_size", ""))
    columns = columns_of(queryset, sort, sorts)
    backwards = "before" in query and "after" not in query
    cursor = query.get("before" if backwards else "after", "")
    values = read_cursor(cursor, sort=sort, length=len(columns)) if cursor else None
    rows, more = _fetch(queryset, columns, values, size, backwards=backwards)
    if backwards and not rows:
        backwards, values = False, None
        rows, more = _fetch(queryset, columns, None, size, backwards=False)
    has_next = more if not backwards else True
    has_previous = more if backwards else values is not None
    return Page(
        rows=rows,
        sort=sort,
        size=size,
        count=len(rows) if values is None and not more else count_up_to(queryset),
        after=write_cursor(rows[-1], columns, sort=sort) if rows and has_next else "",
        before=write_cursor(rows[0], columns, sort=sort) if rows and has_previous else "",
        query=query,
    )


def next_to(
    queryset: QuerySet[Any], row: Any, *, sort: str, sorts: Sorts, backwards: bool
) -> Any | None:
    """Return the row of `queryset` right after `row` in the order `sort`, or right before it."""
    columns = columns_of(queryset, sort, sorts)
    values = [_value(row, column.path) for column in columns]
    found, _more = _fetch(queryset, columns, values, 1, backwards=backwards)
    return found[0] if found else None


def columns_of(queryset: QuerySet[Any], sort: str, sorts: Sorts) -> list[Column]:
    """Return the columns of `sort` with the primary key as the last word."""
    turned = sort.startswith("-")
    columns = [
        Column(
            path=path.removeprefix("-"),
            descending=path.startswith("-") != turned,
            nullable=_nullable(queryset.model, path.removeprefix("-")),
        )
        for path in sorts[sort.removeprefix("-")]
    ]
    if columns[-1].path not in {"pk", "id"}:
        columns.append(Column("pk", descending=columns[-1].descending, nullable=False))
    return columns


def _nullable(model: type[Model], path: str) -> bool:
    """Tell whether `path` may be empty; annotations count as such."""
    current: Any = model
    for name in path.split("__"):
        if name == "pk":
            return False
        try:
            field = current._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        current = field.related_model
    return False


def _fetch(
    queryset: QuerySet[Any],
    columns: list[Column],
    values: list[Any] | None,
    size: int,
    *,
    backwards: bool,
) -> tuple[list[Any], bool]:
    """Return up to `size` rows in reading order and whether more follow in that direction."""
    if values is not None:
        queryset = queryset.filter(_beyond(columns, values, backwards=backwards))
    order = [column.order(backwards=backwards) for column in columns]
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if backwards else rows), more


def _beyond(columns: list[Column], values: list[Any], *, backwards: bool) -> Q:
    """Return the condition for all rows after `values`, with a leading bound for the index."""
    condition = Q(pk__in=[])
    equal_so_far = Q()
    for column, value in zip(columns, values, strict=True):
        beyond = column.beyond(value, backwards=backwards)
        if beyond is not None:
            condition |= equal_so_far & beyond
        equal_so_far &= column.equal(value)
    first, value = columns[0], values[0]
    if not first.nullable:
        lookup = "lte" if first.descending != backwards else "gte"
        condition &= Q((f"{first.path}__{lookup}", value))
    return condition


# cursors ---------------------------------------------------------------------------------------
def write_cursor(row: Any, columns: list[Column], *, sort: str) -> str:
    """Return the sealed position of `row`; sealed because it may hold a name or a phone number."""
    values = [_packed(_value(row, column.path)) for column in columns]
    plain = json.dumps([sort, values], ensure_ascii=False, separators=(",", ":"))
    return _seal().encrypt(plain.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, sort: str, length: int) -> list[Any]:
    """Return the values in `cursor`; CursorError if it is not ours or belongs to another order."""
    try:
        token = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        made_for, values = json.loads(_seal().decrypt(token))
    except (InvalidToken, ValueError) as error:
        message = "not a cursor of this site"
        raise CursorError(message) from error
    if made_for != sort or len(values) != length:
        message = "cursor of another order"
        raise CursorError(message)
    return [_unpacked(value) for value in values]


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"keyset:{secret}".encode()).digest()))


def _seal() -> Fernet:
    return _fernet(settings.SECRET_KEY)


def _value(row: Any, path: str) -> Any:
    if isinstance(row, Mapping):
        return row[path] if path in row else row["id"]
    for name in path.split("__"):
        row = getattr(row, name)
    return row


_PACK = {datetime: "t", date: "d", Decimal: "n", UUID: "u"}
_UNPACK: dict[str, Any] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


def _packed(value: Any) -> Any:
    kind = _PACK.get(type(value))
    if kind is None:
        return value
    return [kind, value.isoformat() if kind in "td" else str(value)]


def _unpacked(value: Any) -> Any:
    return _UNPACK[value[0]](value[1]) if isinstance(value, list) else value
