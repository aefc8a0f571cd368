"""The nightly self-check: each frozen figure is what the list it opens holds (BEY-03, B-34)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from analytics.kpis.kinds import COMPANY, Asking, Place, Rows, ScopeKind, day_of, midnight
from analytics.kpis.messages import DIFFERENCE
from analytics.kpis.models import KpiDifference, KpiSnapshot
from analytics.kpis.registry import UnknownKpiError, kpi_of
from analytics.kpis.rules.periods import last_months
from analytics.kpis.services.freezing import can_recompute, equal
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import OrgNode, User

MONTHS: Final = 2  # the running one and the one before
CHUNK: Final = 200


def due(now: datetime) -> list[int]:
    """Return the keys of the figures of the last two months not yet checked today."""
    months = last_months(day_of(now), MONTHS)
    rows = KpiSnapshot.objects.filter(
        start__in=[month.start for month in months], end__in=[month.end for month in months]
    )
    return list(rows.unchecked(midnight(day_of(now))).order_by("pk").values_list("pk", flat=True))


def check(keys: Iterable[int], *, now: datetime) -> Counter[str]:
    """Hold figures against the rows behind them; return how many are the same, differ, are left.

    A figure that differs gets a row of difference, one that agrees again loses it. Left are those
    that rows cannot tell any more: what stood only then.
    """
    found: Counter[str] = Counter()
    snapshots = KpiSnapshot.objects.filter(pk__in=list(keys)).order_by("pk")
    for snapshot in snapshots:
        found[_check(snapshot, now)] += 1
    return found


def rows_behind(snapshot: KpiSnapshot) -> Rows:
    """Return number and total of the rows that the frozen figure opens."""
    asking = Asking(snapshot.period, snapshot.place, snapshot.taken_at, limit=0)
    return kpi_of(snapshot.kpi).rows(asking)


@transaction.atomic
def _check(snapshot: KpiSnapshot, now: datetime) -> str:
    try:
        kpi = kpi_of(snapshot.kpi)
    except UnknownKpiError:
        return "left"
    verdict = "left"
    if can_recompute(kpi, snapshot):
        verdict = _compare(snapshot, now)
    KpiSnapshot.objects.filter(pk=snapshot.pk).update(checked_at=now)
    return verdict


def _compare(snapshot: KpiSnapshot, now: datetime) -> str:
    rows = rows_behind(snapshot)
    top = snapshot.top if snapshot.top is not None else rows.total
    if rows.count == snapshot.n and equal(top, rows.total):
        KpiDifference.objects.filter(snapshot=snapshot).delete()
        return "same"
    KpiDifference.objects.update_or_create(
        snapshot=snapshot,
        defaults={
            "frozen": {"n": snapshot.n, "top": str(snapshot.top)},
            "counted": {"n": rows.count, "top": str(rows.total)},
        },
        create_defaults={
            "frozen": {"n": snapshot.n, "top": str(snapshot.top)},
            "counted": {"n": rows.count, "top": str(rows.total)},
            "found_at": now,
        },
    )
    return "differ"


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
