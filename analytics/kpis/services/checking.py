"""The nightly self-check: each frozen figure is what the list it opens holds (BEY-03, B-34)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import transaction

from analytics.kpis.kinds import COMPANY, Asking, Kpi, Place, ScopeKind, Sums, day_of, midnight
from analytics.kpis.messages import DIFFERENCE
from analytics.kpis.models import KpiDifference, KpiSnapshot
from analytics.kpis.registry import UnknownKpiError, kpi_of
from analytics.kpis.rules.periods import last_months
from analytics.kpis.services.freezing import can_recompute, equal
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import OrgNode, User

MONTHS: Final = 2  # the running one and the one before
CHUNK: Final = 2000
TOGETHER: Final = ("kpi", "start", "end", "place_kind", "taken_at")  # one query for their rows
NOTHING: Final[Sums] = (0, Decimal(0))


def due(now: datetime) -> list[int]:
    """Return the keys of the figures of the last two months not yet checked today."""
    months = last_months(day_of(now), MONTHS)
    rows = KpiSnapshot.objects.filter(
        start__in=[month.start for month in months], end__in=[month.end for month in months]
    )
    unchecked = rows.unchecked(midnight(day_of(now))).order_by(*TOGETHER, "pk")
    return list(unchecked.values_list("pk", flat=True))


def check(keys: Iterable[int], *, now: datetime) -> Counter[str]:
    """Hold figures against the rows behind them; return how many are the same, differ, are left.

    A figure that differs gets a row of difference, one that agrees again loses it. Left are those
    that rows cannot tell any more: what stood only then.
    """
    found: Counter[str] = Counter()
    snapshots = KpiSnapshot.objects.filter(pk__in=list(keys)).order_by(*TOGETHER, "pk")
    for _key, group in groupby(snapshots, attrgetter(*TOGETHER)):
        rows = list(group)
        try:
            kpi = kpi_of(rows[0].kpi)
        except UnknownKpiError:
            found["left"] += len(rows)
        else:
            found += _check(kpi, rows, now)
    return found


def rows_behind(kpi: Kpi, snapshots: Sequence[KpiSnapshot]) -> list[Sums]:
    """Return number and total of the rows that each frozen figure opens.

    The figures are of one KPI and period, of one kind of places, frozen at one moment: their lists
    are counted in one query where the KPI can tell them all at once.
    """
    one = snapshots[0]
    known = kpi.listed_sums(one.period, one.place.kind, one.taken_at) if kpi.listed_sums else None
    if known is not None:
        return [known.get(each.place.key, NOTHING) for each in snapshots]
    lists = [
        kpi.rows(Asking(each.period, each.place, each.taken_at, limit=0)) for each in snapshots
    ]
    return [(rows.count, rows.total) for rows in lists]


@transaction.atomic
def _check(kpi: Kpi, snapshots: Sequence[KpiSnapshot], now: datetime) -> Counter[str]:
    """Hold figures that are counted together against their rows; return the verdicts."""
    KpiSnapshot.objects.filter(pk__in=[each.pk for each in snapshots]).update(checked_at=now)
    if not can_recompute(kpi, snapshots[0]):
        return Counter(left=len(snapshots))
    pairs = list(zip(snapshots, rows_behind(kpi, snapshots), strict=True))
    same = [snapshot for snapshot, sums in pairs if _agree(snapshot, sums)]
    KpiDifference.objects.filter(snapshot__in=same).delete()
    KpiDifference.objects.bulk_create(
        (_difference(*pair, now) for pair in pairs if not _agree(*pair)),
        update_conflicts=True,
        unique_fields=["snapshot"],
        update_fields=["frozen", "counted"],
    )
    return Counter(same=len(same), differ=len(pairs) - len(same))


def _agree(snapshot: KpiSnapshot, sums: Sums) -> bool:
    n, total = sums
    top = snapshot.top if snapshot.top is not None else total
    return n == snapshot.n and equal(top, total)


def _difference(snapshot: KpiSnapshot, sums: Sums, now: datetime) -> KpiDifference:
    n, total = sums
    return KpiDifference(
        snapshot=snapshot,
        frozen={"n": snapshot.n, "top": str(snapshot.top)},
        counted={"n": n, "top": str(total)},
        found_at=now,
    )


@transaction.atomic
def tell_owners(*, now: datetime) -> int:
    """Tell the owners of KPIs about differences nobody was told of; return how many are told.

    Each gets one message a day with the number of figures of the places they see.
    """
    new = KpiDifference.objects.select_for_update(of=("self",), skip_locked=True)
    rows = list(new.filter(told_at__isnull=True).select_related("snapshot").order_by("pk"))
    if not rows:
        return 0
    counts: Counter[int] = Counter()
    people = _owners({kpi_of(row.snapshot.kpi).owner_role for row in rows})
    regions = _regions(row.snapshot.place for row in rows)
    for row in rows:
        role = kpi_of(row.snapshot.kpi).owner_role
        region = regions.get(row.snapshot.place)
        for person in people:
            own = person.node.region_id if person.node else None
            if person.role == role and (own is None or region in (None, own)):
                counts[person.pk] += 1
    KpiDifference.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    day = day_of(now)
    return send_many(
        (
            Outgoing(
                kind=DIFFERENCE,
                recipient=person,
                key=f"kpi-difference:{day}:{person}",
                params={"count": number},
            )
            for person, number in counts.items()
        ),
        now=now,
    )


def _owners(roles: set[str]) -> list[User]:
    found = User.objects.filter(is_active=True, role__in=roles).select_related("node")
    return list(found.order_by("pk"))


def _regions(places: Iterable[Place]) -> dict[Place, int | None]:
    """Return the region each place lies in, None for the company."""
    wanted = set(places)
    nodes = dict(OrgNode.objects.values_list("pk", "region"))
    homes = dict(User.objects.filter(role="consultant").values_list("pk", "node__region"))
    return {
        place: None
        if place == COMPANY
        else (homes if place.kind is ScopeKind.CONSULTANT else nodes).get(place.id or 0)
        for place in wanted
    }
