"""Reading KPIs live (ANA-01): one KPI, several periods, targets and lights."""

from collections.abc import Sequence
from datetime import datetime

from analytics.kpis.kinds import Asking, Kpi, Period, Place, Reading, Rows
from analytics.kpis.registry import kpi_of
from analytics.kpis.rules.lights import light_of
from analytics.kpis.targets import target_of

__all__ = ["light_of", "read_kpi", "read_rows", "series", "target_of"]

NOT_KEPT = Reading(None, None, None, 0, note="not_kept")
ELSEWHERE = Reading(None, None, None, 0, note="not_by_place")


def read_kpi(key: str, asking: Asking) -> Reading:
    """Return the figure of a KPI as the rows give it now; raise UnknownKpiError.

    None as value is no data: the note says why, among others ``not_kept`` for how things stood in a
    period that is over and ``not_by_place`` where it cannot be told apart by such places.
    """
    kpi = kpi_of(key)
    return obstacle(kpi, asking) or kpi.read(asking)


def read_rows(key: str, asking: Asking) -> Rows:
    """Return the rows behind the figure that ``read_kpi`` gives for the same question."""
    return kpi_of(key).rows(asking)


def obstacle(kpi: Kpi, asking: Asking) -> Reading | None:
    """Return why there can be no figure, None where there can."""
    if asking.place.kind not in kpi.places:
        return ELSEWHERE
    if kpi.is_standing and asking.period.is_over(asking.now):
        return NOT_KEPT
    return None


def series(key: str, place: Place, periods: Sequence[Period], now: datetime) -> list[Reading]:
    """Return the figures of several periods, live, without regard to a user."""
    return [read_kpi(key, Asking(period, place, now)) for period in periods]
