"""One question to the warehouse, checked and put into conditions; every reader uses it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import F, Q
from django.db.models.functions import TruncMonth, TruncQuarter, TruncWeek, TruncYear

from analytics.warehouse import places
from analytics.warehouse.places import EVERYTHING, Sight
from analytics.warehouse.rules.levels import begin_of, days_of
from analytics.warehouse.rules.measures import (
    DIMENSIONS,
    FOLDED,
    LEVELS,
    MEASURES,
    Measure,
    fits_coarse,
)

TRUNCATED: Mapping[str, Any] = {
    "week": TruncWeek,
    "month": TruncMonth,
    "quarter": TruncQuarter,
    "year": TruncYear,
}
FOLDS: Mapping[str, Callable[[], Mapping[int, int]]] = {
    "region": places.regions,
    "team": places.teams,
}


class Span(Protocol):
    """A period of local days, ``[start, end)``."""

    @property
    def start(self) -> dt.date:
        """Return its first day."""

    @property
    def end(self) -> dt.date:
        """Return the day after its last one."""


class UnknownWordError(ValueError):
    """There is no such measure or dimension."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ``values`` are the keys that may occur in each column, ``days`` the spans."""

    measure: Measure
    by: tuple[str, ...]
    narrowed: tuple[str, ...]
    values: Mapping[str, list[Any]]
    days: tuple[tuple[dt.date | None, dt.date | None], ...]

    @property
    def is_coarse(self) -> bool:
        """Whether the coarse summary can answer it."""
        return fits_coarse(self.measure, (*self.by, *self.values))

    @property
    def condition(self) -> Q:
        """Return the condition on cells."""
        found = Q(fact=self.measure.fact.value)
        for column, keys in self.values.items():
            found &= Q(**{f"{column}__in": keys})
        for start, end in self.days:
            found &= Q(day__gte=start) if start else Q()
            found &= Q(day__lt=end) if end else Q()
        if self.measure.any_of:
            cases = Q()
            for case in self.measure.any_of:
                cases |= Q(**case)
            found &= cases
        return found

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """Return the days that fit all spans; the first and the last of the calendar if none."""
        start = max((start for start, _end in self.days if start), default=dt.date(1900, 1, 1))
        end = min((end for _start, end in self.days if end), default=dt.date(2200, 1, 1))
        return start, max(start, end)


def question(
    measure: str,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    period: Span | None = None,
    *,
    seen: Sight = EVERYTHING,
) -> Question:
    """Return the checked question; raise UnknownWordError for words that do not exist."""
    where = where or {}
    unknown = (set(by) | set(where)) - set(DIMENSIONS)
    if measure not in MEASURES or unknown:
        raise UnknownWordError(f"{measure}: {', '.join(sorted(unknown)) or 'no such measure'}")
    values: dict[str, list[Any]] = {}
    days: list[tuple[dt.date | None, dt.date | None]] = []
    if period is not None:
        days.append((period.start, period.end))
    for dimension, asked in where.items():
        if dimension in LEVELS:
            days.append(days_of(dimension, asked))
        else:
            _narrow(values, *_keys(dimension, asked))
    for column, keys in (("project", seen.projects), ("consultant", seen.consultants)):
        if keys is not None:
            _narrow(values, column, keys)
    return Question(MEASURES[measure], tuple(by), tuple(where), values, tuple(days))


def expression(dimension: str) -> Any:
    """Return what cells are grouped by for ``dimension``."""
    if dimension in TRUNCATED:
        return TRUNCATED[dimension]("day")
    return F(FOLDED.get(dimension, dimension))


def fold(dimension: str) -> Callable[[Any], Any]:
    """Return what turns the value of the column into that of the dimension."""
    if dimension not in FOLDS:
        return lambda value: value
    known = FOLDS[dimension]()
    return lambda value: known.get(value, 0)


def level(dimension: str) -> Callable[[dict[str, Any]], Any]:
    """Return what reads the value of ``dimension`` from a row of the base."""
    if dimension in LEVELS:
        return lambda row: begin_of(dimension, row["day"])
    folded, column = fold(dimension), FOLDED.get(dimension, dimension)
    return lambda row: folded(row[column])


def _keys(dimension: str, asked: Any) -> tuple[str, list[Any]]:
    wanted = [asked] if isinstance(asked, str | int) else list(asked)
    if dimension not in FOLDS:
        return dimension, wanted
    known = FOLDS[dimension]()
    return FOLDED[dimension], [pk for pk, place in known.items() if place in wanted]


def _narrow(values: dict[str, list[Any]], column: str, keys: Iterable[Any]) -> None:
    """Let only ``keys`` stand in ``column``, and of them those that might before."""
    allowed = set(values[column]) if column in values else None
    values[column] = sorted(key for key in keys if allowed is None or key in allowed)
