"""Questions to the summary tables: slice, dice, drill, roll up (ANA-53).

``cube`` reads the coarse summary where it can answer, else the fine one. ``base_cube`` answers the
same question from the events and ``base_rows`` lists them: the first proves the second.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Min, Sum

from analytics.warehouse.base_sql import dated_sql
from analytics.warehouse.clock import moments
from analytics.warehouse.models import CubeCell, CubeState, CubeSum
from analytics.warehouse.places import EVERYTHING, Sight
from analytics.warehouse.questions import Question, Span, expression, fold, level, question
from analytics.warehouse.rules.measures import Measure, Sums
from crm_site.common.replica import reading_alias

Key = tuple[Any, ...]
SHOWN = 50
OF_ITEMS = ("project", "consultant", "channel", "kind", "topic")  # the rest is known later
COLUMNS = ("id", "at", "day", "project", "consultant", "channel", "grade", "stage", "kind")
COUNTED = """{dated} SELECT day, project, consultant, channel, grade, stage, kind, topic,
    count(*) AS n, sum(amount) AS amount, sum(amount * amount) AS squares
FROM dated WHERE {condition}
GROUP BY day, project, consultant, channel, grade, stage, kind, topic"""
WHOLE = "{dated} SELECT count(*), coalesce(sum(amount), 0) FROM dated WHERE {condition}"
LISTED = """{dated} SELECT id, at, day, project, consultant, channel, grade, stage, kind, topic,
    amount, customer
FROM dated WHERE {condition} AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Cube:
    """The sums of a measure by the values of its dimensions, in the order of ``by``."""

    measure: Measure
    by: tuple[str, ...]
    cells: Mapping[Key, Sums] = field(default_factory=dict)

    @property
    def whole(self) -> Sums:
        """Return the sums of all cells: the total, whatever it was told apart by."""
        return sum(self.cells.values(), Sums())

    @property
    def total(self) -> Decimal | None:
        """Return the figure of all cells."""
        return self.measure.value(self.whole)

    def value(self, *key: Any) -> Decimal | None:
        """Return the figure of one cell; of an absent one that of nothing."""
        return self.measure.value(self.cells.get(key, Sums()))

    def rolled_up(self, *by: str) -> "Cube":
        """Return the cube with fewer dimensions; the figure of the whole stays."""
        places = [self.by.index(each) for each in by]
        cells: dict[Key, Sums] = {}
        for key, sums in self.cells.items():
            short = tuple(key[place] for place in places)
            cells[short] = cells.get(short, Sums()) + sums
        return Cube(self.measure, tuple(by), cells)


@dataclass(frozen=True, slots=True)
class BaseRows:
    """Rows of the base behind a figure, the newest key first; ``before`` asks for the next page."""

    rows: list[dict[str, Any]]
    count: int
    amount: Decimal
    before: int | None


def cube(
    measure: str,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    period: Span | None = None,
    *,
    seen: Sight = EVERYTHING,
) -> Cube:
    """Return ``measure`` told apart by the dimensions ``by``, narrowed by ``where`` and ``period``.

    ``where`` names one value or several of a dimension; for levels of time a day in it. ``seen``
    limits it to what a person may see. Raise UnknownWordError for words it does not know.
    """
    asked = question(measure, by, where, period, seen=seen)
    model = CubeSum if asked.is_coarse else CubeCell
    names = {f"by_{place}": expression(each) for place, each in enumerate(asked.by)}
    rows = model._default_manager.using(reading_alias()).filter(asked.condition)
    sums = {"sum_n": Sum("n"), "sum_amount": Sum("amount"), "sum_squares": Sum("squares")}
    found = rows.annotate(**names).values(*names).annotate(**sums).order_by()
    folds = [fold(each) for each in asked.by]
    cells: dict[Key, Sums] = {}
    for row in found:
        key = tuple(each(row[name]) for each, name in zip(folds, names, strict=True))
        more = Sums(row["sum_n"], row["sum_amount"], row["sum_squares"])
        cells[key] = cells.get(key, Sums()) + more
    return Cube(asked.measure, asked.by, cells)


def base_cube(
    measure: str,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    period: Span | None = None,
    *,
    seen: Sight = EVERYTHING,
) -> Cube:
    """Return what ``cube`` would, counted from the events themselves as they stand now."""
    asked = question(measure, by, where, period, seen=seen)
    reads = [level(each) for each in asked.by]
    cells: dict[Key, Sums] = {}
    for row in _run(COUNTED, asked):
        key = tuple(read(row) for read in reads)
        cells[key] = cells.get(key, Sums()) + Sums(row["n"], row["amount"], row["squares"])
    return Cube(asked.measure, asked.by, cells)


def base_rows(asked: Question, *, before: int | None = None, limit: int = SHOWN) -> BaseRows:
    """Return one page of the items behind a figure, with the count and amount of all of them."""
    whole = next(iter(_run(WHOLE, asked)))
    more = {"before": before or 2**63 - 1, "limit": limit + 1}
    rows = _run(LISTED, asked, **more)
    is_cut = len(rows) > limit
    rows = rows[:limit]
    return BaseRows(
        rows=rows,
        count=whole["count"],
        amount=whole["coalesce"],
        before=rows[-1]["id"] if is_cut else None,
    )


def as_of() -> dt.datetime | None:
    """Return when the fact least up to date was brought up to date, None before the first time."""
    found = CubeState.objects.using(reading_alias()).aggregate(oldest=Min("refreshed_at"))
    oldest: dt.datetime | None = found["oldest"]
    return oldest


def _run(text: str, asked: Question, **more: Any) -> list[dict[str, Any]]:
    early, late = [], ["true"]
    params: dict[str, Any] = {"zone": settings.TIME_ZONE, **more}
    for column, keys in asked.values.items():
        name = f"in_{column}"
        condition = f"coalesce({column}, 0) = ANY (%({name})s)"
        if column not in {"project", "consultant"}:
            condition = f"{column} = ANY (%({name})s)"
        (early if column in OF_ITEMS else late).append(condition)
        params[name] = keys
    cases = []
    for number, case in enumerate(asked.measure.any_of):
        for column, value in case.items():
            cases.append(f"{column} = %(case_{number}_{column})s")
            params[f"case_{number}_{column}"] = value
    if cases:
        early.append(f"({' OR '.join(cases)})")
    start, end = asked.span
    params |= moments([(start, end)])
    dated = dated_sql(asked.measure.fact, within=True, narrowed=" AND ".join(early) or "true")
    statement = text.format(dated=dated, condition=" AND ".join(late))
    with connections[reading_alias()].cursor() as cursor:
        cursor.execute(statement, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
