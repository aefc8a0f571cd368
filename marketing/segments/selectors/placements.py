"""What the placed segments brought since they were handed out (MKT-33)."""

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from customers.models import Lead, Purchase
from marketing.segments.models import AudiencePlacement
from marketing.segments.rules.shift import Advice, Placed, advise

MEMBER = "customer__segment_memberships__snapshot"


def with_results(placements: QuerySet[Any]) -> QuerySet[Any]:
    """Return placements with ``leads`` and ``deals``: customers of theirs who came since then."""
    leads = Lead.objects.filter(**{MEMBER: OuterRef("snapshot")}, received_at__gt=OuterRef("at"))
    deals = Purchase.objects.filter(
        **{MEMBER: OuterRef("snapshot")}, signed_at__gt=OuterRef("at"), ended_at__isnull=True
    )
    rows: QuerySet[Any] = placements.annotate(leads=_people(leads), deals=_people(deals))
    return rows


def _people(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().values(MEMBER).annotate(n=Count("customer", distinct=True))
    return Coalesce(Subquery(counted.values("n")[:1]), 0)


def by_segment(user: Any) -> list[Placed]:
    """Return cost and deals of every placed segment one sees, the dearest first; two queries.

    A customer counts once for a segment, from the first placement on.
    """
    rows = AudiencePlacement.objects.visible_to(user)
    spent = rows.order_by().values("snapshot__segment", "snapshot__segment__name")
    totals = list(spent.annotate(total=Sum("spend")).order_by("-total", "snapshot__segment"))
    deals = (
        Purchase.objects.filter(
            customer__segment_memberships__snapshot__audiences__in=rows,
            signed_at__gt=F("customer__segment_memberships__snapshot__audiences__at"),
            ended_at__isnull=True,
        )
        .order_by()
        .values("customer__segment_memberships__snapshot__segment")
        .annotate(n=Count("customer", distinct=True))
    )
    counts = {row["customer__segment_memberships__snapshot__segment"]: row["n"] for row in deals}
    return [
        Placed(
            row["snapshot__segment__name"],
            row["total"],
            counts.get(row["snapshot__segment"], 0),
        )
        for row in totals
    ]


def shift_advice(user: Any) -> tuple[list[Placed], Advice | None]:
    """Return the results by segment and the shift they speak for, if any."""
    rows = by_segment(user)
    return rows, advise(rows)
