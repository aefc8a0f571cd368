"""A cube as a table of rows and columns with totals (ANA-53). Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from analytics.warehouse.rules.measures import Measure, Sums

Key = Hashable


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its key, a figure for each column, and the figure of the whole row."""

    key: Key
    cells: tuple[Decimal | None, ...]
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Pivot:
    """A table: keys of the columns, lines, figures of the columns and of all of it.

    Totals are made from sums, so the total of means is the mean of all items.
    """

    columns: tuple[Key, ...]
    lines: tuple[Line, ...]
    totals: tuple[Decimal | None, ...]
    total: Decimal | None


def pivot(
    measure: Measure,
    found: Mapping[tuple[Key, ...], Sums],
    *,
    rows: Sequence[Key],
    columns: Sequence[Key],
) -> Pivot:
    """Return the table of ``found``, whose keys are (row, column); missing cells count nothing."""
    by_row: dict[Key, Sums] = {}
    by_column: dict[Key, Sums] = {}
    whole = Sums()
    for (row, column), sums in found.items():
        by_row[row] = by_row.get(row, Sums()) + sums
        by_column[column] = by_column.get(column, Sums()) + sums
        whole += sums
    lines = tuple(
        Line(
            row,
            tuple(_shown(measure, found.get((row, column))) for column in columns),
            _shown(measure, by_row.get(row)),
        )
        for row in rows
    )
    totals = tuple(_shown(measure, by_column.get(column)) for column in columns)
    return Pivot(tuple(columns), lines, totals, measure.value(whole))


def _shown(measure: Measure, sums: Sums | None) -> Decimal | None:
    """Return the figure of a cell; None where there is no item at all."""
    return None if sums is None or not sums.n else measure.value(sums)
