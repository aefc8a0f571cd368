"""Who came in which month and how many of them are still there (ANA-07)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from analytics.kpis.kinds import SHANGHAI, Asking, day_of
from analytics.kpis.lifetimes import LIVES
from analytics.kpis.rules.formulas import rate
from analytics.kpis.rules.periods import last_months, month_after, month_of
from analytics.kpis.sources import rows_of

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class CohortCell:
    """How many of a cohort were still there at the end of a month."""

    age: int
    stayed: int
    percent: Any
    depth: int  # 0 to 4, for the colour


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers whose first contact was in a month."""

    month: date
    size: int
    cells: tuple[CohortCell, ...]


def table(asking: Asking, *, months: int = MONTHS) -> list[Cohort]:
    """Return the cohorts of the last months with the share that stayed; one query.

    A cell of age 0 is the end of the month in which they came; months that are not over are told as
    they stand now.
    """
    today = day_of(asking.now)
    starts = [period.start for period in last_months(today, months)]
    counted = (
        _customers(asking, starts[0])
        .order_by()
        .values(
            came=TruncMonth("created_at", tzinfo=SHANGHAI),
            gone=TruncMonth("kpi_left_at", tzinfo=SHANGHAI),
        )
        .annotate(n=Count("pk"))
    )
    sizes: dict[date, int] = defaultdict(int)
    lost: dict[date, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for came, gone, n in counted.values_list("came", "gone", "n"):
        cohort = day_of(came)
        sizes[cohort] += n
        if gone is not None:
            lost[cohort][day_of(gone)] += n
    return [_cohort(start, sizes[start], lost[start], today) for start in starts]


def members(asking: Asking, month: date, age: int | None) -> QuerySet[Any]:
    """Return the customers of a cohort, with an age those still there at the end of that month."""
    period = month_of(month)
    rows = _customers(asking, period.start).filter(created_at__lt=period.ends_at)
    if age is None:
        return rows
    until = month_of(month_after(month, age)).ends_at
    return rows.filter(Q(kpi_left_at__isnull=True) | Q(kpi_left_at__gte=until))


def _customers(asking: Asking, since: date) -> QuerySet[Any]:
    """Return the customers of the place since a month, with when they left."""
    running = month_of(day_of(asking.now))
    rows = rows_of(LIVES, asking.of(running))
    return rows.filter(created_at__gte=month_of(since).begins_at)


def _cohort(start: date, size: int, lost: dict[date, int], today: date) -> Cohort:
    cells = []
    gone = 0
    for age in range((today.year - start.year) * 12 + today.month - start.month + 1):
        gone += lost.get(month_after(start, age), 0)
        stayed = size - gone
        percent = rate(stayed, size)
        depth = 0 if percent is None else min(4, int(percent) // 25)
        cells.append(CohortCell(age, stayed, percent, depth))
    return Cohort(start, size, tuple(cells))
