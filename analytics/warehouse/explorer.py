"""The table of the explorer: headings that drill, figures that open the rows behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics.warehouse.forms import Ask, shown
from analytics.warehouse.places import Sight
from analytics.warehouse.questions import Question, question
from analytics.warehouse.rules.measures import DRILLS, LEVELS, Fact
from analytics.warehouse.rules.tables import pivot
from analytics.warehouse.selectors import Cube, cube
from analytics.warehouse.words import namer

MOST_ROWS, MOST_COLUMNS = 200, 36


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the address of the rows behind it; None is no item at all."""

    value: Decimal | None
    url: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A value of a dimension, and where it drills down to; blank where there is nothing finer."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    heading: Heading
    figures: list[Figure]
    total: Figure


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table; ``left_out`` counts rows and columns there was no room for."""

    columns: list[Heading]
    rows: list[Row]
    totals: list[Figure]
    total: Figure
    left_out: tuple[int, int]


def table(ask: Ask, sight: Sight) -> Table:
    """Return the answer to ``ask`` as far as ``sight`` reaches; totals count everything."""
    found = cube(ask.measure.key, ask.by, ask.where, ask.days, seen=sight)
    fact = ask.measure.fact
    rows = _ordered(found, 0, ask.rows, namer(ask.rows, fact))
    columns = _ordered(found, 1, ask.columns, namer(ask.columns, fact)) if ask.columns else []
    kept, across = rows[:MOST_ROWS], columns[:MOST_COLUMNS]
    cells = found.cells if ask.columns else {(*key, None): v for key, v in found.cells.items()}
    made = pivot(ask.measure, cells, rows=kept, columns=across)  # type: ignore[arg-type]
    name, name_column = namer(ask.rows, fact), namer(ask.columns, fact) if ask.columns else str
    return Table(
        columns=[_heading(ask, ask.columns, key, name_column(key)) for key in across],
        rows=[
            Row(
                heading=_heading(ask, ask.rows, line.key, name(line.key)),
                figures=[
                    Figure(value, _rows(ask, {ask.rows: line.key, ask.columns: key}))
                    for key, value in zip(across, line.cells, strict=True)
                ],
                total=Figure(line.total, _rows(ask, {ask.rows: line.key})),
            )
            for line in made.lines
        ],
        totals=[
            Figure(value, _rows(ask, {ask.columns: key}))
            for key, value in zip(across, made.totals, strict=True)
        ],
        total=Figure(made.total, _rows(ask, {})),
        left_out=(len(rows) - len(kept), len(columns) - len(across)),
    )


def question_of(ask: Ask, sight: Sight) -> Question:
    """Return the question whose rows are listed."""
    return question(ask.measure.key, (), ask.where, ask.days, seen=sight)


def address(ask: Ask, changed: Mapping[str, Any] | None = None) -> str:
    """Return the query string of ``ask`` with some words changed; None takes one out."""
    said: dict[str, Any] = {
        "measure": ask.measure.key,
        "rows": ask.rows,
        "columns": ask.columns,
        "start": ask.days.start,
        "until": ask.days.end.fromordinal(ask.days.end.toordinal() - 1),
        **ask.where,
        **(changed or {}),
    }
    keep_blank = {"columns"}
    return urlencode(
        {
            key: value if key in keep_blank else shown(value)
            for key, value in said.items()
            if value is not None
        }
    )


def without(ask: Ask, key: str) -> str:
    """Return the query string without one filter."""
    return address(ask, {key: None})


def _ordered(found: Cube, place: int, dimension: str, name: Any) -> list[Any]:
    """Return the values of a dimension: time in its order, others by most items, then by name."""
    sums = found.rolled_up(dimension).cells if len(found.by) > 1 else found.cells
    keys = [key[0] for key in sums]
    if dimension in LEVELS or dimension in {"grade"}:
        return sorted(keys)
    return sorted(keys, key=lambda key: (-sums[key,].n, name(key)))


def _heading(ask: Ask, dimension: str, key: Any, label: str) -> Heading:
    finer = DRILLS.get(dimension)
    if finer is None or (finer == "topic" and ask.measure.fact not in {Fact.TICKET, Fact.ANSWER}):
        return Heading(label, "")
    axis = "rows" if dimension == ask.rows else "columns"
    changed: dict[str, Any] = {dimension: key, axis: finer}
    if finer in {ask.rows, ask.columns}:
        changed["columns"], changed["rows"] = "", finer
    return Heading(label, f"?{address(ask, changed)}")


def _rows(ask: Ask, values: Mapping[str, Any]) -> str:
    clashing = {key for key in values if key in LEVELS and key in ask.where}
    narrowed = {key: value for key, value in values.items() if key and key not in clashing}
    narrowed |= {key: values[key] for key in clashing}
    return f"{reverse('analytics:cube-rows')}?{address(ask, narrowed)}"
