"""What a KPI is, what it is asked and what it answers (ANA-01). Pure.

Periods are half-open, of local days in Beijing time, so that two that follow each other share no
row and leave none out. ``None`` is "no data" and never zero.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
DAY: Final = dt.timedelta(days=1)
LEAP: Final = (2, 29)
# Days that figures are asked for: far from the ends of the calendar, so that the years before and
# after a period are days as well.
EARLIEST: Final = dt.date(1990, 1, 1)
LATEST: Final = dt.date(2100, 1, 1)

Good = Literal["up", "down"]
Unit = Literal["percent", "yuan", "days", "hours", "points", "count", "ratio"]
Label = Any  # text or lazily translated text


class ScopeKind(StrEnum):
    """The kinds of places a figure is read for, widest first."""

    COMPANY = "company"
    REGION = "region"
    PROJECT = "project"
    TEAM = "team"
    CONSULTANT = "consultant"


class Group(StrEnum):
    """The groups of the KPI dictionary, in its order; the first four are those of ANA-01."""

    ACQUISITION = "acquisition"
    RETENTION = "retention"
    SATISFACTION = "satisfaction"
    VALUE = "value"
    SALES = "sales"
    SERVICE = "service"
    QUALITY = "quality"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Period:
    """The local days from ``start`` to before ``end``; raise ValueError for none at all."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> dt.date:
        """Return its last day."""
        return self.end - DAY

    @property
    def begins_at(self) -> dt.datetime:
        """Return the instant at which it begins."""
        return midnight(self.start)

    @property
    def ends_at(self) -> dt.datetime:
        """Return the instant before which it ends."""
        return midnight(self.end)

    def before(self) -> "Period":
        """Return the period of equal length that ends where this one starts."""
        return Period(self.start - (self.end - self.start), self.start)

    def year_ago(self) -> "Period":
        """Return the same days a year before, of equal length; from 29 February the 28th."""
        start = _year_back(self.start)
        return Period(start, start + (self.end - self.start))

    @property
    def is_plausible(self) -> bool:
        """Return whether it lies within the days that figures are asked for."""
        return self.start >= EARLIEST and self.end <= LATEST

    def is_over(self, now: dt.datetime) -> bool:
        """Return whether nothing of it lies ahead."""
        return self.ends_at <= now

    def holds(self, moment: dt.datetime) -> bool:
        """Return whether a moment lies in it."""
        return self.begins_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a figure is read; the key is that of the node or of the account, None for all."""

    kind: ScopeKind
    id: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is ScopeKind.COMPANY) != (self.id is None):
            raise ValueError("only the company has no key")

    @property
    def key(self) -> int:
        """Return the key as it is stored, 0 for the company."""
        return self.id or 0


COMPANY: Final = Place(ScopeKind.COMPANY)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a KPI is asked.

    ``user`` narrows the rows by row rights, None (a job) does not. ``part`` narrows them to one
    value of a cut: (key of the cut, value). ``after`` and ``limit`` page through the rows behind
    the figure: those after the row with this key, at most so many.
    """

    period: Period
    place: Place
    now: dt.datetime
    user: Any = None
    part: tuple[str, str] | None = None
    after: int | None = None
    limit: int | None = None

    @property
    def seen_at(self) -> dt.datetime:
        """Return the moment up to which the period is known."""
        return min(self.period.ends_at, self.now)

    def of(self, period: Period) -> Self:
        """Return the same question about another period."""
        return replace(self, period=period)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure: ``value`` = ``top`` over ``bottom``; None is no data.

    Percentages are given in percent (15 is 15 %). ``n`` counts the rows behind it, ``low`` and
    ``high`` hold the 95 % interval, ``note`` says in a word why there is no figure or why it is
    weak (``choices.NOTES`` translates it).
    """

    value: Decimal | None
    top: Decimal | None
    bottom: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""


NO_DATA: Final = Reading(None, None, None, 0, note="no_data")


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a figure: its key, what its columns print, where it leads.

    ``amount`` is what it adds to the upper part of the figure: 1 or 0 for shares.
    """

    key: int
    cells: tuple[Any, ...]
    url: str = ""
    amount: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a figure, or one page of them; ``count`` and ``total`` are of all of them.

    ``count`` equals the ``n`` and ``total`` the ``top`` of the reading. ``after`` is the key to ask
    for the next page with, None on the last one.
    """

    headings: tuple[Label, ...]
    lines: Sequence[Line]
    count: int
    total: Decimal
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as it is agreed: "less than 5", "at least 15"; ``amber`` is how far off is near."""

    comparison: Literal["lt", "le", "ge", "gt"]
    value: Decimal
    amber: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Target:
    """A goal with the version of the policy it comes from."""

    goal: Goal
    version: int


@dataclass(frozen=True, slots=True)
class CutLine:
    """One value of a cut with its figure; ``value`` is what an address says, empty for none."""

    value: str
    label: Label
    reading: Reading


@dataclass(frozen=True, slots=True)
class CutTable:
    """A figure taken apart by one property."""

    key: str
    label: Label
    lines: tuple[CutLine, ...]


Read = Callable[[Asking], Reading]
Listing = Callable[[Asking], Rows]
ByPlace = Callable[[Period, ScopeKind, dt.datetime], Mapping[int, Reading] | None]
Everywhere = Callable[[Period, dt.datetime], Mapping[ScopeKind, Mapping[int, Reading]] | None]
Sums = tuple[int, Decimal]  # number and total of the rows behind a figure
ListedSums = Callable[[Period, ScopeKind, dt.datetime], Mapping[int, Sums] | None]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One line of the dictionary.

    ``formula`` and ``exclusions`` are texts for people; ``version`` rises when the code that
    computes it changes its meaning. ``right`` is what one must hold to see it and its rows.
    ``is_standing``: it says how things stand now and cannot be read for a period that is over,
    which only its snapshot remembers. ``by_place`` reads all places of a kind in one go, those it
    does not name read ``empty``; without it, or where it returns None, each place is asked.
    ``everywhere`` does so for the kinds of places together. ``listed_sums`` tells what the lists of
    all places of a kind hold; where it returns None, each list is asked.
    ``cuts`` takes the figure apart. ``places`` are the kinds of places it can be told apart by.
    """

    key: str
    label: Label
    group: Group
    unit: Unit
    good: Good
    formula: Label
    exclusions: Label
    owner_role: str
    target_key: str | None
    read: Read
    rows: Listing
    by_place: ByPlace | None = None
    everywhere: Everywhere | None = None
    listed_sums: ListedSums | None = None
    empty: Callable[[Period, dt.datetime], Reading] = lambda period, now: NO_DATA
    cuts: Callable[[Asking], tuple[CutTable, ...]] | None = None
    goal: Goal | None = None
    version: int = 1
    spec: str = ""
    right: str = "customers.view_customer"
    is_standing: bool = False
    places: frozenset[ScopeKind] = field(default_factory=lambda: frozenset(ScopeKind))


def midnight(day: dt.date) -> dt.datetime:
    """Return the instant at which a local day begins."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def day_of(moment: dt.datetime) -> dt.date:
    """Return the local day of a moment."""
    return moment.astimezone(SHANGHAI).date()


def _year_back(day: dt.date) -> dt.date:
    if (day.month, day.day) == LEAP:
        return dt.date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
