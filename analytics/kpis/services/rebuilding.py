"""Building frozen figures anew (ANA-01): what would change, and doing it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from analytics.kpis.kinds import Kpi, Period
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.places import all_places
from analytics.kpis.rules.periods import between
from analytics.kpis.services.freezing import freeze, is_same, readings
from crm_site.audit.services import record

REBUILT: Final = "kpi.rebuilt"


def plan(start: date, end: date, *, now: datetime) -> list[Period]:
    """Return the months, quarters and years within the days that have begun."""
    return [period for period in between(start, end) if period.begins_at <= now]


def changes(periods: Sequence[Period], kpis: Sequence[Kpi], *, now: datetime) -> tuple[int, int]:
    """Return how many frozen figures would change and how many would be new."""
    places = all_places()
    changed = new = 0
    for period in periods:
        held = {
            (row.kpi, row.place): row
            for row in KpiSnapshot.objects.over(period).filter(kpi__in=[kpi.key for kpi in kpis])
        }
        for kpi in kpis:
            if kpi.is_standing and period.is_over(now):
                continue
            for place, reading in readings(kpi, period, places, now):
                row = held.get((kpi.key, place))
                new += row is None
                changed += row is not None and not is_same(row, reading)
    return changed, new


@transaction.atomic
def rebuild(periods: Sequence[Period], kpis: Sequence[Kpi], *, now: datetime) -> int:
    """Freeze periods anew, what is final included; return the figures written.

    Those that stood only then are not touched. One event in the audit trail says what was done.
    """
    written = sum(freeze(period, kpis, now=now, again=True) for period in periods)
    record(
        kind=REBUILT,
        actor=None,
        now=now,
        facts={
            "periods": [f"{period.start}/{period.end}" for period in periods],
            "kpis": len(kpis),
            "figures": written,
        },
    )
    return written
