"""Quarters, half years and weeks as local days; every end here is the last day. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

QUARTER = 3  # months
DAY = timedelta(days=1)


class Cycle(StrEnum):
    """How often a report is made."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: QUARTER, Cycle.HALF: 6, Cycle.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day."""

    starts_on: date
    ends_on: date

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it."""
        return self.ends_on + DAY


def span_of(cycle: str, day: date) -> Span:
    """Return the span of a cycle that holds ``day``; spans begin with the calendar year."""
    months = MONTHS[Cycle(cycle)]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    total = start.month - 1 + months
    return Span(start, date(start.year + total // 12, total % 12 + 1, 1) - DAY)


def finished(cycle: str, today: date) -> Span:
    """Return the last span of a cycle that is over on ``today``."""
    return span_of(cycle, span_of(cycle, today).starts_on - DAY)


def week_before(today: date) -> Span:
    """Return the last week, Monday to Sunday, that is over on ``today``."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Span(monday, monday + 6 * DAY)


def quarter_name(span: Span) -> str:
    """Return a short name of a span, such as ``2026Q1``; its days where it is no quarter."""
    if span == span_of(Cycle.QUARTER, span.starts_on):
        return f"{span.starts_on.year}Q{(span.starts_on.month - 1) // QUARTER + 1}"
    return f"{span.starts_on} – {span.ends_on}"
