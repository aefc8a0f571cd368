"""What other parts add to the weekly report: what was to be done in the week (ANA-65)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from analytics.reviews.rules.periods import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One thing of the week: what, who, until when, done when, and where it leads."""

    title: str
    owner: str
    due_on: date | None
    done_on: date | None
    region_id: int | None
    url: str


WeekSource = Callable[[Span, datetime], Iterable[WeekLine]]
_sources: dict[str, tuple[object, WeekSource]] = {}


def register_week_source(key: str, label: object, source: WeekSource) -> None:
    """Let ``source(span, now)`` bring lines under a heading; again replaces it.

    It returns what was done in the span, what is open and late at its end, and what falls due in
    the seven days after.
    """
    _sources[key] = (label, source)


def week_sources() -> dict[str, tuple[object, WeekSource]]:
    """Return the sources by key, as registered."""
    return dict(_sources)
