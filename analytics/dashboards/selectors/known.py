"""Figures of periods that are over: from snapshots, from the cache, else read once more.

What is over hardly changes, so it is read once an hour and not for each page. The period that runs
is read from its rows once in some minutes (``kept``).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.core.cache import cache

from analytics.kpis.kept import Kept, keep_many
from analytics.kpis.kinds import Asking, Kpi, Period, Place, Reading, ScopeKind
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.services.reading import obstacle, read_kpi

KEPT: Final = 3600  # seconds
KEPT_RUNNING: Final = 60  # seconds, of a period that is not over
Key = tuple[str, Period]


def readings(
    kpis: Sequence[Kpi],
    place: Place,
    periods: Iterable[Period],
    *,
    now: dt.datetime,
    live: bool = True,
) -> dict[Key, Reading]:
    """Return the figures of KPIs for periods of a place that are over or run.

    Without ``live`` only what is known without counting; what is missing is left out.
    """
    wanted = {(kpi.key, period): (kpi, period) for kpi in kpis for period in dict.fromkeys(periods)}
    found: dict[Key, Reading] = _frozen(kpis, place, wanted)
    rest = [key for key in wanted if key not in found]
    names = {key: _name(wanted[key][0], place, key[1]) for key in rest}
    kept = cache.get_many(list(names.values()))
    found |= {key: Reading(*kept[name]) for key, name in names.items() if name in kept}
    if not live:
        return found
    fresh = {key: _read(wanted[key][0], place, key[1], now) for key in rest if key not in found}
    for is_over, seconds in ((True, KEPT), (False, KEPT_RUNNING)):
        some = {key: one for key, one in fresh.items() if key[1].is_over(now) == is_over}
        _keep({names[key]: _packed(one) for key, one in some.items()}, seconds)
    return found | fresh


def by_place(
    kpi: Kpi,
    kind: ScopeKind,
    periods: Sequence[Period],
    *,
    now: dt.datetime,
    noted: dict[str, Kept] | None = None,
    again: bool = False,
) -> dict[Period, Mapping[int, Reading]]:
    """Return the figures of all places of a kind, one question for each period not kept.

    When those of running periods were read is added to ``noted``; ``again`` reads them anew.
    """
    if kpi.by_place is None or kind not in kpi.places:
        return {period: {} for period in periods}
    names = {
        f"{_stem(kpi)}:{kind.value}:all:{period.start}:{period.end}": period for period in periods
    }
    over = {name for name, period in names.items() if period.is_over(now)}
    stood = cache.get_many(list(over))
    fresh = {name: _of_all(kpi, kind, names[name], now) for name in over - stood.keys()}
    _keep(fresh)
    run = keep_many(
        names.keys() - over,
        lambda name: _of_all(kpi, kind, names[name], now),
        now=now,
        again=again,
    )
    if noted is not None:
        noted.update(run)
    packed = stood | fresh | {name: value for name, (_at, value) in run.items()}
    return {
        period: {key: Reading(*one) for key, one in packed[name].items()}
        for name, period in names.items()
    }


def _of_all(
    kpi: Kpi, kind: ScopeKind, period: Period, now: dt.datetime
) -> dict[int, tuple[Any, ...]]:
    if kpi.by_place is None or (kpi.is_standing and period.is_over(now)):
        return {}
    found = kpi.by_place(period, kind, now) or {}
    return {key: _packed(reading) for key, reading in found.items()}


def _frozen(kpis: Sequence[Kpi], place: Place, wanted: Mapping[Key, Any]) -> dict[Key, Reading]:
    periods = {period for _key, period in wanted}
    rows = KpiSnapshot.objects.at(place).filter(
        kpi__in=[kpi.key for kpi in kpis],
        start__in={period.start for period in periods},
        end__in={period.end for period in periods},
        is_final=True,
    )
    versions = {kpi.key: kpi.version for kpi in kpis}
    return {
        (row.kpi, row.period): row.reading
        for row in rows
        if (row.kpi, row.period) in wanted and row.version == versions[row.kpi]
    }


def _read(kpi: Kpi, place: Place, period: Period, now: dt.datetime) -> Reading:
    asking = Asking(period, place, now)
    return obstacle(kpi, asking) or read_kpi(kpi.key, asking)


def _stem(kpi: Kpi) -> str:
    return f"dashboard:{kpi.key}:{kpi.version}"


def _name(kpi: Kpi, place: Place, period: Period) -> str:
    return f"{_stem(kpi)}:{place.kind.value}:{place.key}:{period.start}:{period.end}"


def _packed(reading: Reading) -> tuple[Any, ...]:
    one = reading
    return (one.value, one.top, one.bottom, one.n, one.low, one.high, one.note)


def _keep(values: dict[str, Any], seconds: int = KEPT) -> None:
    if values:
        cache.set_many(values, seconds)
