"""Freezing figures (ANA-01, BEY-03): every KPI of every place, by month, quarter and year.

Building a figure again writes over the same row, so a job that runs twice leaves the same. What is
final – taken after its period was over – is left alone until somebody rebuilds it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from analytics.kpis.kinds import (
    DAY,
    Asking,
    Kpi,
    Period,
    Place,
    Reading,
    ScopeKind,
    Target,
    day_of,
    midnight,
)
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.places import all_places, of_kind
from analytics.kpis.registry import all_kpis
from analytics.kpis.rules.lights import light_of
from analytics.kpis.rules.periods import month_of, quarter_of, year_of
from analytics.kpis.services.reading import obstacle, read_kpi
from analytics.kpis.targets import targets_of

BATCH: Final = 2000
CLOSE: Final = Decimal("0.00011")  # what rounding to four decimals may differ
KEY: Final = ("kpi", "place_kind", "place_id", "start", "end")
OF_READING: Final = ("value", "top", "bottom", "n", "low", "high", "note")
STATE: Final = ("target", "target_version", "light", "taken_at", "is_final")
WRITTEN: Final = ("version", *OF_READING, *STATE)


def running_periods(now: datetime) -> list[Period]:
    """Return the month, quarter and year in hand and those before, for the nightly job."""
    today = day_of(now)
    found: list[Period] = []
    for of in (month_of, quarter_of, year_of):
        period = of(today)
        found += [of(period.start - DAY), period]
    return found


def due(now: datetime) -> Iterator[tuple[Period, Kpi]]:
    """Return what the nightly job still has to freeze: not yet final and not taken today."""
    for period in running_periods(now):
        fresh = KpiSnapshot.objects.over(period).filter(place_kind=ScopeKind.COMPANY.value)
        done = set(fresh.taken_since(midnight(day_of(now))).values_list("kpi", flat=True))
        for kpi in all_kpis():
            if kpi.key not in done and not (kpi.is_standing and period.is_over(now)):
                yield period, kpi


def freeze(period: Period, kpis: Sequence[Kpi], *, now: datetime, again: bool = False) -> int:
    """Freeze KPIs of a period for every place; return how many figures were written.

    One query for each KPI, or one for each kind of place where rows do not add up. What is final
    stays, unless ``again``. What stands only now is not frozen for a period that is over: its last
    snapshot remains.
    """
    places = all_places()
    targets = targets_of(kpis, period.start)
    final = set() if again else _final(period)
    rows = [
        _row(kpi, place, period, reading, targets[kpi.key], now)
        for kpi in kpis
        if not (kpi.is_standing and period.is_over(now))
        for place, reading in readings(kpi, period, places, now)
        if (kpi.key, place.kind.value, place.key) not in final
    ]
    KpiSnapshot.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=list(KEY),
        update_fields=list(WRITTEN),
    )
    return len(rows)


def readings(
    kpi: Kpi, period: Period, places: Sequence[Place], now: datetime
) -> Iterable[tuple[Place, Reading]]:
    """Return the figure of each place that the KPI can be told apart by."""
    together = kpi.everywhere(period, now) if kpi.everywhere else None
    for kind in ScopeKind:
        if kind not in kpi.places:
            continue
        here = of_kind(places, kind)
        if together is not None:
            found: Mapping[int, Reading] | None = together.get(kind, {})
        else:
            found = kpi.by_place(period, kind, now) if kpi.by_place else None
        if found is None:
            yield from ((place, kpi.read(Asking(period, place, now))) for place in here)
            continue
        rest = kpi.empty(period, now)
        yield from ((place, found.get(place.key, rest)) for place in here)


def close_standing(*, now: datetime) -> int:
    """Mark the last figures of what stands only now as final once their period is over."""
    standing = [kpi.key for kpi in all_kpis() if kpi.is_standing]
    over = KpiSnapshot.objects.filter(kpi__in=standing, end__lte=day_of(now), is_final=False)
    return over.update(is_final=True)


def recomputed(snapshot: KpiSnapshot) -> Reading:
    """Return the figure read again from the rows, as of the moment it was frozen (BEY-03)."""
    return read_kpi(snapshot.kpi, Asking(snapshot.period, snapshot.place, snapshot.taken_at))


def is_same(snapshot: KpiSnapshot, reading: Reading) -> bool:
    """Return whether a figure equals the frozen one in value, upper part and number of rows."""
    frozen = snapshot.reading
    pairs = ((frozen.value, reading.value), (frozen.top, reading.top))
    return frozen.n == reading.n and all(equal(*pair) for pair in pairs)


def equal(one: Decimal | None, other: Decimal | None) -> bool:
    """Return whether two figures are the same but for rounding; no data equals only no data."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < CLOSE


def can_recompute(kpi: Kpi, snapshot: KpiSnapshot) -> bool:
    """Return whether the rows can still give the figure: not of what stood only then."""
    asking = Asking(snapshot.period, snapshot.place, snapshot.taken_at)
    return not kpi.is_standing and obstacle(kpi, asking) is None


def _final(period: Period) -> set[tuple[str, str, int]]:
    rows = KpiSnapshot.objects.over(period).filter(is_final=True)
    return set(rows.values_list("kpi", "place_kind", "place_id"))


def _row(
    kpi: Kpi, place: Place, period: Period, reading: Reading, target: Target | None, now: datetime
) -> KpiSnapshot:
    figures: dict[str, Any] = {name: getattr(reading, name) for name in OF_READING}
    return KpiSnapshot(
        kpi=kpi.key,
        version=kpi.version,
        place_kind=place.kind.value,
        place_id=place.key,
        start=period.start,
        end=period.end,
        **figures,
        target=goal_json(target),
        target_version=target.version if target else None,
        light=light_of(reading, target).value,
        taken_at=now,
        is_final=period.is_over(now),
    )


def goal_json(target: Target | None) -> dict[str, Any] | None:
    """Return a target as a snapshot keeps it."""
    if target is None:
        return None
    goal = target.goal
    return {"comparison": goal.comparison, "value": str(goal.value), "amber": str(goal.amber)}
