"""KPIs that another part brings as a whole; until it does they say that there is no data."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from analytics.kpis.hooks import collector_of
from analytics.kpis.kinds import Asking, Kpi, Period, Reading, Rows, ScopeKind


def brought(key: str, *, note: str, **words: Any) -> Kpi:
    """Return a KPI whose figure comes from whoever registers a collector for ``key``."""

    def read(asking: Asking) -> Reading:
        found = collector_of(key)
        return found.read(asking) if found else Reading(None, None, None, 0, note=note)

    def rows(asking: Asking) -> Rows:
        found = collector_of(key)
        return found.rows(asking) if found else Rows((), (), 0, Decimal(0))

    def by_place(period: Period, kind: ScopeKind, now: datetime) -> Mapping[int, Reading] | None:
        found = collector_of(key)
        if found is None:
            return {}
        return found.by_place(period, kind, now) if found.by_place else None

    return Kpi(key=key, read=read, rows=rows, by_place=by_place, **words)
