"""The rows a model learns from and scores: named columns of three kinds, nothing else.

A number is a float array with NaN for what is missing; a flag is the same with 0 and 1; a category
is an array of texts, where None and the empty text are missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.rules.errors import ScoringRefusedError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["number", "category", "flag"]
NUMBER: Kind = "number"
CATEGORY: Kind = "category"
FLAG: Kind = "flag"
KINDS = (NUMBER, CATEGORY, FLAG)

MISSING = ""


@dataclass(frozen=True)
class Column:
    """One input: its name, its kind and the business block its effect is told under."""

    name: str
    kind: Kind = NUMBER
    block: str = "other"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ScoringRefusedError("unknown_kind", column=self.name, kind=self.kind)


@dataclass(frozen=True)
class Table:
    """Columns of equal length."""

    columns: tuple[Column, ...]
    values: dict[str, NDArray[Any]]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ScoringRefusedError("column_twice", columns=names)
        absent = [name for name in names if name not in self.values]
        if absent:
            raise ScoringRefusedError("column_absent", columns=absent)
        if len({len(self.values[name]) for name in names}) > 1:
            raise ScoringRefusedError("columns_of_unequal_length")

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(self.values[self.columns[0].name]) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns in order."""
        return tuple(column.name for column in self.columns)

    def numbers(self, name: str) -> Floats:
        """Return a number or flag column as floats, infinite values as missing."""
        found = np.asarray(self.values[name], dtype=np.float64)
        if not np.isfinite(found).all():
            found = np.where(np.isfinite(found), found, np.nan)
        return found

    def texts(self, name: str) -> NDArray[Any]:
        """Return a category column as it is given."""
        return np.asarray(self.values[name], dtype=object)

    def take(self, rows: NDArray[Any]) -> "Table":
        """Return the rows at these places, or where this is true."""
        values = {name: np.asarray(self.values[name])[rows] for name in self.names}
        return Table(self.columns, values)

    def slice(self, start: int, end: int) -> "Table":
        """Return the rows from start up to end without copying them."""
        return Table(self.columns, {name: self.values[name][start:end] for name in self.names})

    def only(self, names: Sequence[str]) -> "Table":
        """Return the table with these columns alone, in its own order."""
        kept = tuple(column for column in self.columns if column.name in set(names))
        return Table(kept, {column.name: self.values[column.name] for column in kept})


def text_of(value: Any) -> str:
    """Return the text of one category; what is missing becomes the empty text."""
    if value is None or (isinstance(value, float) and value != value):
        return MISSING
    return value if isinstance(value, str) else str(value)


def codes_of(texts: NDArray[Any], levels: Sequence[str]) -> Ints:
    """Return the place of each text among the levels, -1 for one that is not among them."""
    places: dict[Any, int] = {level: place for place, level in enumerate(levels)}
    if MISSING in places:
        places[None] = places[MISSING]
    try:
        return np.fromiter((places.get(text, -1) for text in texts), np.int64, len(texts))
    except TypeError:
        return np.fromiter((places.get(text_of(text), -1) for text in texts), np.int64, len(texts))


def counted(texts: NDArray[Any]) -> dict[str, int]:
    """Return how often each text occurs, the most frequent first, ties by name."""
    found: dict[str, int] = {}
    for text in texts:
        key = text_of(text)
        found[key] = found.get(key, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def same_rows(table: Table) -> Ints:
    """Return a number per row, equal for rows that agree in every column."""
    if not table.columns or not table.rows:
        return np.arange(table.rows, dtype=np.int64)
    found = np.zeros(table.rows, dtype=np.int64)
    for column in table.columns:
        if column.kind == CATEGORY:
            texts = table.texts(column.name)
            codes = codes_of(texts, list(counted(texts)))
        else:
            numbers = np.nan_to_num(table.numbers(column.name), nan=np.inf)
            codes = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
        found = np.unique(found * (int(codes.max()) + 2) + codes, return_inverse=True)[1]
        found = found.astype(np.int64)
    return found
