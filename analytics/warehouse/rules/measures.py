"""What a cube can count, and by what (ANA-53). Pure.

A *fact* is one kind of event, an *item* of it one row of the base; a *cell* sums items that agree
in every dimension. A *measure* reads a column of cells, narrowed to some of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Fact(StrEnum):
    """The kinds of events that are summed up."""

    LEAD = "lead"
    TALK = "talk"
    LOSS = "loss"
    RESERVATION = "reservation"
    SIGNATURE = "signature"
    CANCELLATION = "cancellation"
    TICKET = "ticket"
    ANSWER = "answer"
    RATING = "rating"


class Read(StrEnum):
    """Which figure of a cell a measure shows."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Sums:
    """The three sums of cells: items, their amounts, the squares of the amounts."""

    n: int = 0
    amount: Decimal = Decimal(0)
    squares: Decimal = Decimal(0)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.amount + other.amount, self.squares + other.squares)

    @property
    def mean(self) -> Decimal | None:
        """Return the mean amount of an item, None without items."""
        return self.amount / self.n if self.n else None

    @property
    def deviation(self) -> Decimal | None:
        """Return the standard deviation of a sample, None below two items."""
        if self.n < 2:
            return None
        spread = self.squares - self.amount * self.amount / self.n
        return max(Decimal(0), spread / (self.n - 1)).sqrt()


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the list of measures: the fact, the figure, and what narrows it (any may match)."""

    key: str
    fact: Fact
    read: Read = Read.COUNT
    any_of: tuple[Mapping[str, str], ...] = field(default=())
    unit: str = ""

    def value(self, sums: Sums) -> Decimal | None:
        """Return the figure of ``sums``; a mean of nothing is None, a count of nothing 0."""
        if self.read is Read.COUNT:
            return Decimal(sums.n)
        return sums.mean if self.read is Read.MEAN else sums.amount


_VISIT = ({"channel": "visit"}, {"kind": "visited"})
_ALL: Final = (
    Measure("leads", Fact.LEAD),
    Measure("talks", Fact.TALK),
    Measure("visits", Fact.TALK, any_of=_VISIT),
    Measure("reservations", Fact.RESERVATION),
    Measure("deposits", Fact.RESERVATION, Read.SUM, unit="yuan"),
    Measure("signatures", Fact.SIGNATURE),
    Measure("signed_amount", Fact.SIGNATURE, Read.SUM, unit="yuan"),
    Measure("cancellations", Fact.CANCELLATION),
    Measure("cancelled_amount", Fact.CANCELLATION, Read.SUM, unit="yuan"),
    Measure("losses", Fact.LOSS),
    Measure("tickets", Fact.TICKET),
    Measure("complaints", Fact.TICKET, any_of=({"kind": "complaint"},)),
    Measure("repairs", Fact.TICKET, any_of=({"kind": "repair"},)),
    Measure("answers", Fact.ANSWER),
    Measure("answer_points", Fact.ANSWER, Read.MEAN, unit="points"),
    Measure("ratings", Fact.RATING),
    Measure("satisfaction", Fact.RATING, Read.MEAN, unit="points"),
)
MEASURES: Final[Mapping[str, Measure]] = {each.key: each for each in _ALL}

# The columns of a cell that say where it belongs.
COLUMNS: Final = ("project", "consultant", "channel", "grade", "stage", "kind", "topic")
# Levels of time from fine to coarse; all are computed from the day of a cell.
LEVELS: Final = ("day", "week", "month", "quarter", "year")
# A coarser level -> the column it is folded from.
FOLDED: Final[Mapping[str, str]] = {"region": "project", "team": "consultant"}
DIMENSIONS: Final = (*LEVELS, "region", "project", "team", *COLUMNS[1:])
# Where a click on a heading leads: from the coarse to the fine.
DRILLS: Final[Mapping[str, str]] = {
    "year": "quarter",
    "quarter": "month",
    "month": "day",
    "week": "day",
    "region": "project",
    "project": "consultant",
    "team": "consultant",
    "kind": "topic",
}
# What the coarse summary keeps; a question for nothing else is answered from it.
COARSE: Final = ("project", "channel", "kind", "topic")


def columns_of(dimensions: tuple[str, ...]) -> set[str]:
    """Return the columns of cells that ``dimensions`` read; ``day`` for every level of time."""
    return {"day" if each in LEVELS else FOLDED.get(each, each) for each in dimensions}


def fits_coarse(measure: Measure, dimensions: tuple[str, ...]) -> bool:
    """Return whether the coarse summary can answer a question for ``dimensions``."""
    narrowed = {key for case in measure.any_of for key in case}
    return columns_of(dimensions) | narrowed <= {"day", *COARSE}
