"""Figures of a sales plan, their roll-up, and what is planned for any days (MKT-53). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from marketing.selling.rules.spans import Grain, Span, spans_between

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
HUNDRED = Decimal(100)


class PlanState(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    REPLACED = "replaced"


AT_WORK = (PlanState.DRAFT, PlanState.ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Units, area in m², contract amount and receipts in yuan; planned or actual."""

    units: Decimal = Decimal(0)
    area: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    receipts: Decimal = Decimal(0)

    def __add__(self, other: "Figures") -> "Figures":
        """Return the sums."""
        return Figures(**{key: getattr(self, key) + getattr(other, key) for key in NAMES})

    def __sub__(self, other: "Figures") -> "Figures":
        """Return the differences."""
        return Figures(**{key: getattr(self, key) - getattr(other, key) for key in NAMES})

    def part(self, days: int, of: int) -> "Figures":
        """Return the share of so many days of a span."""
        return Figures(**{key: getattr(self, key) * days / of for key in NAMES})

    def rounded(self) -> "Figures":
        """Return the figures in hundredths."""
        return Figures(**{key: getattr(self, key).quantize(CENT, ROUND_HALF_UP) for key in NAMES})


NAMES = tuple(field.name for field in fields(Figures))
NOTHING = Figures()


def total(lines: Iterable[Figures]) -> Figures:
    """Return the roll-up of lines."""
    found = NOTHING
    for line in lines:
        found += line
    return found


def gap(project: Figures, lines: Iterable[Figures]) -> Mapping[str, Decimal]:
    """Return what the lines lack of the project, by figure; nothing where both are equal.

    A negative value is more than the project has.
    """
    left = project - total(lines)
    return {key: getattr(left, key) for key in NAMES if getattr(left, key)}


def shared_out(project: Figures, heads: int) -> list[Figures]:
    """Return the figures of a project in equal parts that add up to it, rests to the first.

    Units are whole, the others in hundredths.
    """
    parts = {
        key: _parts(getattr(project, key), heads, Decimal(1) if key == "units" else CENT)
        for key in NAMES
    }
    return [Figures(**{key: parts[key][place] for key in NAMES}) for place in range(heads)]


def _parts(whole: Decimal, heads: int, step: Decimal) -> list[Decimal]:
    steps = int(whole / step)
    each, rest = divmod(steps, heads)
    return [step * (each + (1 if place < rest else 0)) for place in range(heads)]


def share(actual: Decimal, planned: Decimal) -> Decimal | None:
    """Return the percentage reached, in tenths; None where nothing was planned."""
    if planned == 0:
        return None
    return (actual / planned * HUNDRED).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned for one span."""

    span: Span
    figures: Figures


def planned_for(days: Span, months: Iterable[Planned], years: Iterable[Planned]) -> Figures | None:
    """Return what is planned for any days; None where no plan touches them.

    A month counts by its share of days; days in a month without a plan take their share of what
    the plan of the year leaves to such months.
    """
    by_month = {one.span.start: one for one in months}
    by_year = {one.span.start.year: one for one in years}
    found: Figures | None = None
    for month in spans_between(Grain.MONTH, days):
        own = by_month.get(month.start.replace(day=1))
        if own is not None:
            piece = own.figures.part(month.days, own.span.days)
        elif (year := by_year.get(month.start.year)) is not None:
            piece = _of_year(month, year, by_month.values())
        else:
            continue
        found = piece if found is None else found + piece
    return None if found is None else found.rounded()


def _of_year(piece: Span, year: Planned, months: Iterable[Planned]) -> Figures:
    inside = [one for one in months if year.span.common_days(one.span)]
    left = year.figures - total(one.figures for one in inside)
    days = year.span.days - sum(one.span.days for one in inside)
    floored = Figures(**{key: max(getattr(left, key), Decimal(0)) for key in NAMES})
    return floored.part(piece.days, days)
