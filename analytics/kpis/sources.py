"""KPIs told as one query: the figure, all places of a kind and the rows behind it come from it.

A KPI that is a share, a count, a sum, a mean or a percentile over rows of one table needs a
``Source`` only; figure and rows cannot disagree, because both ask the same query.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    FloatField,
    Q,
    QuerySet,
    StdDev,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import (
    Asking,
    CutLine,
    CutTable,
    Kpi,
    Label,
    Line,
    Period,
    Place,
    Reading,
    Rows,
    ScopeKind,
    Sums,
)
from analytics.kpis.rules import formulas
from analytics.kpis.rules.tallies import Tally

EXACT: Final = DecimalField(max_digits=24, decimal_places=4)
ONE: Final = Value(Decimal(1), output_field=EXACT)
ZERO: Final = Value(Decimal(0), output_field=EXACT)
MOST_LINES: Final = 50
NOT_SAID: Final = pgettext_lazy("kpi", "not said")

Base = Callable[[Period, dt.datetime], QuerySet[Any]]
Hit = Callable[[Period, dt.datetime], Q]
Amount = Callable[[Period, dt.datetime], Any]

CUSTOMER_PATHS: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.REGION: "region",
    ScopeKind.PROJECT: "project",
    ScopeKind.TEAM: "team",
    ScopeKind.CONSULTANT: "owner",
}
OF_CUSTOMER_PATHS: Final[Mapping[ScopeKind, str]] = {
    kind: f"customer__{path}" for kind, path in CUSTOMER_PATHS.items()
}


class Shape(StrEnum):
    """What is done with the rows."""

    COUNT = "count"
    SHARE = "share"
    SUM = "sum"
    MEAN = "mean"
    PERCENTILE = "percentile"


class PercentileCont(Aggregate):
    """The value below which a share of the rows lies, between two rows in proportion."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, *, share: float, **more: Any) -> None:
        super().__init__(Cast(expression, FloatField()), share=float(share), **more)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: its heading and what it prints of a row."""

    heading: Label
    show: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A property by which a figure can be taken apart; ``words`` names its values."""

    key: str
    label: Label
    path: str
    words: Callable[[], Mapping[Any, Any]] = dict


@dataclass(frozen=True, slots=True)
class Source:
    """The rows a KPI counts and what it does with them.

    ``base`` gives the rows of a period as known now; ``paths`` say by which column rows belong to
    places; ``hit`` tells for a share which rows count above the line; ``amount`` is what a row adds
    to a sum, mean or percentile. ``seen`` narrows to what a user may see. ``scale`` are the ends of
    a mean's scale, for its interval. ``pause`` answers with a note while there can be no figure.
    """

    base: Base
    columns: tuple[Column, ...]
    url: Callable[[Any], str]
    shape: Shape = Shape.COUNT
    paths: Mapping[ScopeKind, str] = field(default_factory=lambda: CUSTOMER_PATHS)
    hit: Hit | None = None
    amount: Amount | None = None
    share: float = 0.5
    scale: tuple[float, float] | None = None
    related: tuple[str, ...] = ()
    seen: Callable[[Any, Any], Any] = lambda rows, user: rows.visible_to(user)
    pause: Callable[[Period, dt.datetime], str] = lambda period, now: ""
    cuts: tuple[Cut, ...] = ()

    @property
    def kinds(self) -> frozenset[ScopeKind]:
        """Return the kinds of places its rows can be told apart by."""
        return frozenset({ScopeKind.COMPANY, *self.paths})


def from_source(source: Source, **words: Any) -> Kpi:
    """Return a KPI over ``source``; ``words`` are its other attributes (``kinds.Kpi``)."""
    words.setdefault("places", source.kinds)
    return Kpi(
        read=lambda asking: read(source, asking),
        rows=lambda asking: listed(source, asking),
        by_place=lambda period, kind, now: by_place(source, period, kind, now),
        everywhere=lambda period, now: everywhere(source, period, now),
        listed_sums=lambda period, kind, now: listed_sums(source, period, kind, now),
        empty=lambda period, now: empty(source, period, now),
        cuts=(lambda asking: cut_tables(source, asking)) if source.cuts else None,
        **words,
    )


def read(source: Source, asking: Asking) -> Reading:
    """Return the figure, in one query."""
    paused = source.pause(asking.period, asking.now)
    if paused:
        return Reading(None, None, None, 0, note=paused)
    found = rows_of(source, asking).order_by().aggregate(**_sums(source, asking.period, asking.now))
    return _reading(source, found)


def by_place(
    source: Source, period: Period, kind: ScopeKind, now: dt.datetime
) -> dict[int, Reading]:
    """Return the figures of all places of a kind that have rows, in one query."""
    paused = source.pause(period, now)
    if paused or kind not in source.kinds:
        return {}
    sums = _sums(source, period, now)
    if kind is ScopeKind.COMPANY:
        return {0: _reading(source, source.base(period, now).order_by().aggregate(**sums))}
    rows = source.base(period, now).order_by().values(kpi_place=F(source.paths[kind]))
    found = rows.annotate(**sums)
    return {
        row["kpi_place"]: _reading(source, row) for row in found if row["kpi_place"] is not None
    }


def everywhere(
    source: Source, period: Period, now: dt.datetime
) -> dict[ScopeKind, dict[int, Reading]]:
    """Return the figures of all places that have rows, by kind of place.

    A row belongs to one place of each kind, so one query counts them by all their columns together
    and the figures are added up from it; percentiles do not add up and take one for each kind.
    """
    if source.pause(period, now):
        return {kind: {} for kind in source.kinds}
    if source.shape is Shape.PERCENTILE:
        return {kind: by_place(source, period, kind, now) for kind in source.kinds}
    columns = {f"kpi_{kind.value}": F(path) for kind, path in source.paths.items()}
    rows = source.base(period, now).order_by().values(**columns)
    tallies: dict[ScopeKind, dict[int, Tally]] = {kind: {} for kind in source.kinds}
    tallies[ScopeKind.COMPANY] = {0: Tally()}
    for row in rows.annotate(**_sums(source, period, now)):
        for kind, found in tallies.items():
            key = 0 if kind is ScopeKind.COMPANY else row[f"kpi_{kind.value}"]
            if key is not None:
                tally = found.setdefault(key, Tally())
                tally.add(row["kpi_n"], row["kpi_top"], row.get("kpi_spread"))
    return {
        kind: {key: _reading(source, _row_of(tally)) for key, tally in found.items()}
        for kind, found in tallies.items()
    }


def _row_of(tally: Tally) -> dict[str, Any]:
    return {"kpi_n": tally.n, "kpi_top": tally.top, "kpi_spread": tally.spread}


def listed_sums(
    source: Source, period: Period, kind: ScopeKind, now: dt.datetime
) -> dict[int, Sums]:
    """Return number and total of the rows that the list of each place of a kind holds.

    One query; places without rows are left out. Each kind is counted by itself, so that what
    ``everywhere`` added up is held against something else.
    """
    if source.pause(period, now) or kind not in source.kinds:
        return {}
    rows = source.base(period, now).order_by()
    sums = {"kpi_n": Count("pk"), "kpi_top": Coalesce(Sum(_amount(source, period, now)), ZERO)}
    if kind is ScopeKind.COMPANY:
        whole = rows.aggregate(**sums)
        return {0: (whole["kpi_n"], whole["kpi_top"])}
    counted = rows.values(kpi_place=F(source.paths[kind])).annotate(**sums)
    found = counted.exclude(kpi_place=None).values_list("kpi_place", "kpi_n", "kpi_top")
    return {place: (n, top) for place, n, top in found}


def empty(source: Source, period: Period, now: dt.datetime) -> Reading:
    """Return the figure of a place without rows."""
    paused = source.pause(period, now)
    if paused:
        return Reading(None, None, None, 0, note=paused)
    nothing = {"kpi_n": 0, "kpi_top": Decimal(0), "kpi_spread": None, "kpi_percentile": None}
    return _reading(source, nothing)


def cut_tables(source: Source, asking: Asking, *, only: str = "") -> tuple[CutTable, ...]:
    """Return the figure by each of its cuts, or by ``only`` one; the largest lines first.

    One query for each cut and one for the names of its values.
    """
    if source.pause(asking.period, asking.now):
        return ()
    wanted = [cut for cut in source.cuts if only in ("", cut.key)]
    return tuple(_cut_table(source, cut, asking) for cut in wanted)


def _cut_table(source: Source, cut: Cut, asking: Asking) -> CutTable:
    sums = _sums(source, asking.period, asking.now)
    rows = rows_of(source, asking).order_by().values(kpi_part=F(cut.path)).annotate(**sums)
    found = sorted(rows, key=lambda row: (-row["kpi_n"], str(row["kpi_part"])))[:MOST_LINES]
    words = cut.words()
    lines = (
        CutLine(
            "" if row["kpi_part"] in (None, "") else str(row["kpi_part"]),
            words.get(row["kpi_part"]) or row["kpi_part"] or NOT_SAID,
            _reading(source, row),
        )
        for row in found
    )
    return CutTable(cut.key, cut.label, tuple(lines))


def listed(source: Source, asking: Asking) -> Rows:
    """Return the rows behind the figure, newest first, in two queries; none for a limit of 0."""
    headings = tuple(column.heading for column in source.columns)
    if source.pause(asking.period, asking.now):
        return Rows(headings, (), 0, Decimal(0))
    amount = _amount(source, asking.period, asking.now)
    rows = rows_of(source, asking)
    sums = rows.order_by().aggregate(kpi_n=Count("pk"), kpi_top=Coalesce(Sum(amount), ZERO))
    if asking.limit == 0:
        return Rows(headings, (), sums["kpi_n"], sums["kpi_top"])
    page = rows.annotate(kpi_amount=amount).select_related(*source.related).order_by("-pk")
    if asking.after is not None:
        page = page.filter(pk__lt=asking.after)
    fetched, after = _page(page, asking.limit)
    lines = [line_of(source, row) for row in fetched]
    return Rows(headings, lines, sums["kpi_n"], sums["kpi_top"], after)


def line_of(source: Source, row: Any) -> Line:
    """Return a row as the list prints it."""
    cells = tuple(column.show(row) for column in source.columns)
    return Line(row.pk, cells, source.url(row), row.kpi_amount)


def rows_of(source: Source, asking: Asking) -> QuerySet[Any]:
    """Return the rows of a place, as far as the asker may see them."""
    rows = in_place(source.base(asking.period, asking.now), asking.place, source.paths)
    if asking.part is not None:
        rows = _of_part(source, rows, *asking.part)
    if asking.user is None:
        return rows
    seen: QuerySet[Any] = source.seen(rows, asking.user)
    return seen


def in_place(rows: QuerySet[Any], place: Place, paths: Mapping[ScopeKind, str]) -> QuerySet[Any]:
    """Return the rows that belong to a place; none where rows cannot be told apart by its kind."""
    if place.kind is ScopeKind.COMPANY:
        return rows
    path = paths.get(place.kind)
    return rows.none() if path is None else rows.filter(**{path: place.id})


def _of_part(source: Source, rows: QuerySet[Any], key: str, value: str) -> QuerySet[Any]:
    """Return the rows with one value of a cut; none for a cut or a value there is not."""
    path = next((cut.path for cut in source.cuts if cut.key == key), None)
    if path is None or "\x00" in value:
        return rows.none()
    if not value:
        return rows.filter(Q(**{f"{path}__isnull": True}) | _is_empty(rows, path))
    try:
        return rows.filter(**{path: value})
    except (ValueError, ValidationError):
        return rows.none()


def _is_empty(rows: QuerySet[Any], path: str) -> Q:
    """Return the condition that a text is empty; nothing for keys and numbers."""
    field: Any = None
    model: Any = rows.model
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model
    return Q(**{path: ""}) if isinstance(field, CharField) else Q(pk__in=[])


def _page(rows: QuerySet[Any], limit: int | None) -> tuple[Iterable[Any], int | None]:
    if limit is None:
        return rows.iterator(chunk_size=2000), None
    fetched = list(rows[: limit + 1])
    more = len(fetched) > limit
    fetched = fetched[:limit]
    return fetched, fetched[-1].pk if more else None


def _amount(source: Source, period: Period, now: dt.datetime) -> Any:
    if source.shape is Shape.SHARE and source.hit is not None:
        return Case(When(source.hit(period, now), then=ONE), default=ZERO, output_field=EXACT)
    if source.amount is not None:
        return Cast(source.amount(period, now), EXACT)
    return ONE


def _sums(source: Source, period: Period, now: dt.datetime) -> dict[str, Any]:
    amount = _amount(source, period, now)
    sums: dict[str, Any] = {"kpi_n": Count("pk"), "kpi_top": Coalesce(Sum(amount), ZERO)}
    if source.shape is Shape.MEAN:
        sums["kpi_spread"] = StdDev(Cast(amount, FloatField()), sample=True)
    if source.shape is Shape.PERCENTILE:
        sums["kpi_percentile"] = PercentileCont(amount, share=source.share)
    return sums


def _reading(source: Source, row: Mapping[str, Any]) -> Reading:
    n, top = row["kpi_n"], row["kpi_top"]
    match source.shape:
        case Shape.COUNT | Shape.SUM:
            return formulas.total(top, n)
        case Shape.SHARE:
            return formulas.share(top, n)
        case Shape.MEAN:
            return formulas.mean(top, n, row["kpi_spread"], scale=source.scale)
        case Shape.PERCENTILE:
            return formulas.percentile(row["kpi_percentile"], top, n)
