"""Years, months, weeks and days as local days; every end is the first day after it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
DECEMBER = 12


class Grain(StrEnum):
    """How long a span is."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``start`` to before ``end``."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def common_days(self, other: "Span") -> int:
        """Return how many days both have."""
        return max((min(self.end, other.end) - max(self.start, other.start)).days, 0)


def span_of(grain: str, day: date) -> Span:
    """Return the year, month, week from Monday, or day that holds ``day``."""
    kind = Grain(grain)
    if kind is Grain.DAY:
        return Span(day, day + DAY)
    if kind is Grain.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + WEEK)
    if kind is Grain.YEAR:
        return Span(date(day.year, 1, 1), date(day.year + 1, 1, 1))
    after = date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)
    return Span(day.replace(day=1), after)


def spans_between(grain: str, whole: Span) -> Iterator[Span]:
    """Yield the spans that cover ``whole``, in order; the first and last are cut to it."""
    day = whole.start
    while day < whole.end:
        found = span_of(grain, day)
        yield Span(max(found.start, whole.start), min(found.end, whole.end))
        day = found.end


def name_of(grain: str, span: Span) -> str:
    """Return a short name: 2026, 2026-05, the Monday to Sunday of a week, or the day."""
    kind = Grain(grain)
    if kind is Grain.YEAR:
        return str(span.start.year)
    if kind is Grain.MONTH:
        return f"{span.start:%Y-%m}"
    if kind is Grain.WEEK:
        return f"{span.start:%Y-%m-%d} – {span.last:%m-%d}"
    return f"{span.start:%Y-%m-%d}"
