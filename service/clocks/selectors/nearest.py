"""The clock of a ticket that ends next, for lists of tickets: an annotation, no query for each."""

import datetime as dt
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from service.clocks.choices import CLOCKS
from service.clocks.models import TicketClock
from service.clocks.querysets import OPEN_STATES
from service.clocks.rules.lights import light_of

NAMES = ("kind", "state", "due_at", "is_provisional")
LABELS = dict(CLOCKS)
STANDS_STILL = Case(
    When(state="paused", then=Value(1)), default=Value(0), output_field=IntegerField()
)


def with_nearest_clock(tickets: QuerySet[Any]) -> QuerySet[Any]:
    """Return the tickets with ``clock_kind`` and its likes of the open clock that ends first.

    The others are ``clock_state``, ``clock_due_at``, ``clock_is_provisional``; all are None where
    nothing is owed. A clock that stands still comes after those that run.
    """
    nearest = TicketClock.objects.filter(ticket=OuterRef("pk"), state__in=OPEN_STATES)
    nearest = nearest.order_by(STANDS_STILL, "due_at", "pk")
    found: QuerySet[Any] = tickets.annotate(
        **{f"clock_{name}": Subquery(nearest.values(name)[:1]) for name in NAMES}
    )
    return found


def lit(tickets: list[Any], now: dt.datetime) -> list[Any]:
    """Return the annotated tickets, with ``clock_light`` and ``clock_label`` as lists print."""
    for ticket in tickets:
        due_at = ticket.clock_due_at
        ticket.clock_light = light_of(ticket.clock_state, due_at, now) if due_at else ""
        ticket.clock_label = LABELS.get(ticket.clock_kind, "")
    return tickets
