"""KPIs that another part brings as a whole; until it does they say that there is no data."""

from decimal import Decimal
from typing import Any

from analytics.kpis.hooks import Collector, collector_of
from analytics.kpis.kinds import Kpi, Reading, Rows


def brought(key: str, *, note: str, **words: Any) -> Kpi:
    """Return a KPI whose figure comes from whoever registers a collector for ``key``."""
    nobody = _nobody(Reading(None, None, None, 0, note=note))

    def asked(name: str, *question: Any) -> Any:
        answer = getattr(collector_of(key) or nobody, name)
        return answer(*question) if answer else None

    return Kpi(
        key=key,
        read=lambda asking: asked("read", asking),
        rows=lambda asking: asked("rows", asking),
        by_place=lambda period, kind, now: asked("by_place", period, kind, now),
        everywhere=lambda period, now: asked("everywhere", period, now),
        listed_sums=lambda period, kind, now: asked("listed_sums", period, kind, now),
        empty=lambda period, now: asked("empty", period, now),
        **words,
    )


def _nobody(nothing: Reading) -> Collector:
    """Return what stands in while nobody brings the KPI."""
    return Collector(
        read=lambda _asking: nothing,
        rows=lambda _asking: Rows((), (), 0, Decimal(0)),
        by_place=lambda _period, _kind, _now: {},
        listed_sums=lambda _period, _kind, _now: {},
        empty=lambda _period, _now: nothing,
    )
