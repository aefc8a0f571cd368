"""KPIs as reports and programmes read them: one line with target, light and the span before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from analytics.kpis.kinds import COMPANY, Asking, Kpi, Period, Place, Reading, ScopeKind, Target
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.registry import UnknownKpiError, all_kpis, kpi_of
from analytics.kpis.services.reading import NOT_KEPT, light_of, read_kpi, target_of
from analytics.reviews.rules.periods import Span
from analytics.reviews.rules.report import BLOCKS


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A KPI with its reading, its target and its light."""

    kpi: Kpi
    reading: Reading
    target: Target | None
    light: str
    before: Decimal | None = None

    @property
    def goal(self) -> Decimal | None:
        """The value of the target, None without one."""
        return self.target.goal.value if self.target else None


def period_of(span: Span) -> Period:
    """Return a span as KPIs take it."""
    return Period(span.starts_on, span.after)


def place_at(region_id: int | None) -> Place:
    """Return the region as a place of KPIs, the company for None."""
    return Place(ScopeKind.REGION, region_id) if region_id else COMPANY


def read_line(kpi: Kpi, asking: Asking, *, compare: bool = False) -> FigureLine:
    """Return what a KPI answers, its target at the start of the period and its light."""
    reading = reading_of(kpi, asking)
    target = target_of(kpi.key, asking.period.start)
    before = reading_of(kpi, asking.of(asking.period.before())).value if compare else None
    return FigureLine(kpi, reading, target, str(light_of(reading, target)), before)


def reading_of(kpi: Kpi, asking: Asking) -> Reading:
    """Return what a KPI answers; of how things stood, what was frozen last within the period."""
    reading = read_kpi(kpi.key, asking)
    if reading.note != NOT_KEPT.note:
        return reading
    period, place = asking.period, asking.place
    rows = KpiSnapshot.objects.filter(kpi=kpi.key, place_kind=place.kind, place_id=place.key)
    rows = rows.filter(end__gt=period.start, end__lte=period.end)
    kept = rows.order_by("-end", "-start").first()
    return kept.reading if kept else reading


def report_kpis() -> list[Kpi]:
    """Return the KPIs of a performance report: those of the four blocks, and all with a target."""
    wanted = {key for keys in BLOCKS.values() for key in keys}
    found = [kpi for kpi in all_kpis() if kpi.key in wanted or kpi.goal is not None]
    return sorted(found, key=lambda kpi: kpi.key not in wanted)


def lines_of(keys: Iterable[str], asking: Asking) -> list[FigureLine]:
    """Return the lines of the KPIs that are known among these keys."""
    return [read_line(kpi, asking) for key in keys if (kpi := known(key)) is not None]


def known(key: str) -> Kpi | None:
    """Return the KPI of a key, None where there is none."""
    try:
        return kpi_of(key)
    except UnknownKpiError:
        return None


def label_of(key: str, otherwise: str = "") -> str:
    """Return the name of a KPI in the language of the reader."""
    kpi = known(key)
    return str(kpi.label) if kpi else otherwise or key


def kpi_choices() -> list[tuple[str, Any]]:
    """Return all KPIs to choose from."""
    return [(kpi.key, kpi.label) for kpi in all_kpis()]


def asking_of(span: Span, place: Place, now: datetime) -> Asking:
    """Return the question of a job about a span: no row rights narrow it."""
    return Asking(period_of(span), place, now)
