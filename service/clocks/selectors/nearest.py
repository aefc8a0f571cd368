"""The clock of a ticket that ends next, for lists of tickets: an annotation, no query for each."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from service.clocks.models import TicketClock
from service.clocks.querysets import OPEN_STATES

NAMES = ("kind", "state", "due_at", "is_provisional")


def with_nearest_clock(tickets: QuerySet[Any]) -> QuerySet[Any]:
    """Return the tickets with ``clock_kind`` and its likes of the open clock that ends first.

    The others are ``clock_state``, ``clock_due_at``, ``clock_is_provisional``; all are None where
    nothing is owed.
    """
    nearest = TicketClock.objects.filter(ticket=OuterRef("pk"), state__in=OPEN_STATES)
    nearest = nearest.order_by("due_at", "pk")
    found: QuerySet[Any] = tickets.annotate(
        **{f"clock_{name}": Subquery(nearest.values(name)[:1]) for name in NAMES}
    )
    return found
