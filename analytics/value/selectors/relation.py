"""What one customer gets from the relation, read from what happened (ANA-57)."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q, Sum

from analytics.value.rules.relation import ForCustomer, Received, for_customer
from crm_site.registers.models import RegisterEntry
from customers.models import Customer, LeadClock, Purchase
from customers.promises import KEPT, PROMISE, PROMISES, SUBJECT
from customers.purchase.rules import PurchaseState
from service.clocks.models import TicketClock
from service.surveys.models import SurveyResponse

OWNED = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)
IN_TIME = Q(met_at__isnull=False, breached_at__isnull=True)
JUDGED = Q(met_at__isnull=False) | Q(breached_at__isnull=False)


def value_for_customer(customer: Customer, *, now: datetime) -> ForCustomer | None:
    """Return what the customer gets with its drivers; None where nothing is known. Five queries."""
    return for_customer(received_of(customer, now=now))


def received_of(customer: Customer, *, now: datetime) -> Received:
    """Return the facts: ratings, promises kept, complaints and enquiries in time, discount."""
    rating = SurveyResponse.objects.filter(customer=customer, of_staff=False).aggregate(
        found=Avg("rating")
    )["found"]
    prices = Purchase.objects.filter(
        customer=customer, state__in=OWNED, list_total__isnull=False, agreed_total__isnull=False
    ).aggregate(listed=Sum("list_total"), agreed=Sum("agreed_total"))
    discount = None
    if prices["listed"]:
        discount = float((prices["listed"] - prices["agreed"]) / prices["listed"])
    tickets = TicketClock.objects.filter(
        ticket__customer=customer, ticket__kind__in=("complaint", "group_complaint", "repair")
    )
    return Received(
        rating=None if rating is None else float(rating),
        promises=_promises(customer, now),
        complaints=_counts(tickets),
        answers=_counts(LeadClock.objects.filter(lead__customer=customer)),
        discount=discount,
    )


def _counts(clocks: Any) -> tuple[int, int]:
    found = clocks.aggregate(good=Count("pk", filter=IN_TIME), whole=Count("pk", filter=JUDGED))
    return found["good"], found["whole"]


def _promises(customer: Customer, now: datetime) -> tuple[int, int]:
    """Return promises kept in time and those that had to be kept by now."""
    rows = RegisterEntry.objects.of(PROMISES).about(SUBJECT, customer.pk)
    found = rows.filter(values__kind=PROMISE).aggregate(
        good=Count("pk", filter=Q(state=KEPT) & ~Q(closed_at__gt=F("due_at"))),
        whole=Count("pk", filter=Q(closed_at__isnull=False) | Q(due_at__lt=now)),
    )
    return found["good"], found["whole"]
