"""One customer's way from enquiry to contract on one page, and how often it changed hands (CUS-63).

A hand-off is a change of the responsible consultant from one person to another, as the ownership
history says it; the way through the pool counts once. Backups do not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from crm_site.staff.models import User
from customers.journey.tours import SeenTour, tours_seen
from customers.models import Customer, Interaction, Lead, Meeting, MeetingGuest, Purchase
from customers.purchase.rules import PurchaseState
from customers.rules.axes import Channel, Result
from customers.rules.meetings import MeetingKind

SHOWN = 10
CONTRACTED = [each.value for each in (PurchaseState.SIGNED, PurchaseState.HANDED_OVER)]
HAND_OFFS = """
SELECT customer_id, count(*) FROM (
    SELECT customer_id, to_owner_id, coalesce(
        lag(to_owner_id) OVER (PARTITION BY customer_id ORDER BY at, id), from_owner_id) AS before
    FROM customers_ownershipevent
    WHERE NOT is_backup AND to_owner_id IS NOT NULL AND customer_id = ANY(%(customers)s)
) AS hosts
WHERE before <> to_owner_id GROUP BY customer_id
"""


@dataclass(frozen=True, slots=True)
class Way:
    """The four links of a customer's way, joined by one host."""

    host: User | None
    hand_offs: int
    enquiries: list[Lead]
    visits: list[Interaction]
    tours: list[SeenTour]
    viewings: list[Meeting]
    purchases: list[Purchase]


@dataclass(frozen=True, slots=True)
class WayRow:
    """A customer's way in the list."""

    customer: Any
    hand_offs: int
    enquired_at: datetime | None
    viewings: int
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandOffFigures:
    """How many ways there are, how many had one host only, how many hand-offs each had."""

    ways: int
    with_one_host: int
    mean: Decimal | None


def hand_offs(customers: Iterable[int]) -> dict[int, int]:
    """Return how often the customers changed hands; who never did is left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HAND_OFFS, {"customers": sorted(customers)})
        return dict(cursor.fetchall())


def way_of(customer: Customer) -> Way:
    """Return the four links of a customer's way, each the latest first, in few queries."""
    visits = Interaction.objects.filter(customer=customer).filter(
        Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value)
    )
    viewings = Meeting.objects.filter(kind=MeetingKind.VIEWING.value, guests__customer=customer)
    purchases = Purchase.objects.filter(customer=customer).select_related(
        "unit__building", "project"
    )
    leads = Lead.objects.filter(customer=customer).select_related("project")
    return Way(
        host=customer.owner,
        hand_offs=hand_offs([customer.pk]).get(customer.pk, 0),
        enquiries=list(leads.order_by("-received_at", "-pk")[:SHOWN]),
        visits=list(visits.select_related("author").order_by("-at", "-pk")[:SHOWN]),
        tours=tours_seen(customer),
        viewings=list(viewings.select_related("owner").order_by("-starts_at", "-pk")[:SHOWN]),
        purchases=list(purchases.order_by("-begun_at", "-pk")[:SHOWN]),
    )


def ways(user: User) -> QuerySet[Any]:
    """Return the customers ``user`` may see whose way has led to a purchase."""
    purchases = Purchase.objects.filter(customer=OuterRef("pk"))
    return Customer.objects.visible_to(user).filter(Exists(purchases)).select_related("owner")


def way_rows(customers: Sequence[Any]) -> list[WayRow]:
    """Return a page of ways with dates, viewings and hand-offs; four queries."""
    keys = [customer.pk for customer in customers]
    counted = hand_offs(keys)
    leads = Lead.objects.filter(customer__in=keys).order_by()
    begun = dict(leads.values_list("customer").annotate(at=Min("received_at")))
    purchases = Purchase.objects.filter(customer__in=keys, state__in=CONTRACTED).order_by()
    signed = dict(purchases.values_list("customer").annotate(at=Max("signed_at")))
    came = MeetingGuest.objects.filter(
        customer__in=keys, attended=True, meeting__kind=MeetingKind.VIEWING.value
    ).order_by()
    viewed = dict(came.values_list("customer").annotate(n=Count("pk")))
    return [
        WayRow(
            customer,
            counted.get(customer.pk, 0),
            begun.get(customer.pk),
            viewed.get(customer.pk, 0),
            signed.get(customer.pk),
        )
        for customer in customers
    ]


def figures(user: User, *, since: datetime) -> HandOffFigures:
    """Return the measure over the purchases ``user`` may see that began since a moment."""
    purchases = Purchase.objects.visible_to(user).filter(begun_at__gte=since)
    keys = set(purchases.values_list("customer", flat=True).distinct())
    if not keys:
        return HandOffFigures(0, 0, None)
    counted = hand_offs(keys)
    mean = Decimal(sum(counted.values())) / len(keys)
    return HandOffFigures(len(keys), len(keys) - len(counted), mean.quantize(Decimal("0.01")))
