"""How long each part of a building is under warranty, and what that means for a repair. Pure.

Source: SVC-99; Measures for the quality warranty of building works (房屋建筑工程质量保修办法),
article 7. The seller of homes counts from the day the home was handed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Part(StrEnum):
    """The parts of a building that have a warranty of their own."""

    STRUCTURE = "structure"
    WATERPROOFING = "waterproofing"
    INSULATION = "insulation"
    HEATING = "heating"
    COOLING = "cooling"
    SERVICES = "services"
    DECORATION = "decoration"


SEASONAL = (Part.HEATING, Part.COOLING)


class Standing(StrEnum):
    """How a repair stands towards the warranty."""

    BEFORE = "before"
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why it stands so."""

    NOT_HANDED = "not_handed"
    WITHIN = "within"
    EXPIRED = "expired"
    NO_UNIT = "no_unit"
    NO_PART = "no_part"


CONTRACTOR_OWES = frozenset({Standing.BEFORE, Standing.IN})


@dataclass(frozen=True, slots=True)
class Season:
    """The days of a year between which heating or cooling runs; it may pass New Year."""

    start: tuple[int, int]
    end: tuple[int, int]

    def begins(self, year: int) -> date:
        """Return the first day of the season that begins in ``year``."""
        return date(year, *self.start)

    def ends(self, year: int) -> date:
        """Return the last day of the season that begins in ``year``."""
        return date(year + (self.end < self.start), *self.end)


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the warranty: years or numbers of seasons by part."""

    version: int
    lengths: Mapping[Part, int]
    seasons: Mapping[Part, Season]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says about one repair; ``until`` is the last day under warranty."""

    standing: Standing
    reason: Reason
    until: date | None = None


def add_years(day: date, years: int) -> date:
    """Return the same day ``years`` later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def last_day(part: Part, handed_on: date, terms: Terms) -> date:
    """Return the last day on which ``part`` is under warranty.

    Years end on the day of the year on which the home was handed over (Civil Code, art. 201 and
    202: the first day does not count). Seasons count whole ones only: a season that was already
    running at the handover does not count.
    """
    length = terms.lengths[part]
    if part not in SEASONAL:
        return add_years(handed_on, length)
    season = terms.seasons[part]
    first = handed_on.year + (season.begins(handed_on.year) < handed_on)
    return season.ends(first + length - 1)


def judge(
    part: Part | None,
    *,
    reported_on: date,
    handed_on: date | None,
    has_unit: bool,
    terms: Terms,
) -> Verdict:
    """Return how a defect reported on a day stands towards the warranty, and why."""
    if not has_unit:
        return Verdict(Standing.UNKNOWN, Reason.NO_UNIT)
    if handed_on is None or reported_on < handed_on:
        return Verdict(Standing.BEFORE, Reason.NOT_HANDED)
    if part is None:
        return Verdict(Standing.UNKNOWN, Reason.NO_PART)
    until = last_day(part, handed_on, terms)
    if reported_on <= until:
        return Verdict(Standing.IN, Reason.WITHIN, until)
    return Verdict(Standing.OUT, Reason.EXPIRED, until)
