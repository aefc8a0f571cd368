"""What customers did by themselves, read the same way for both arms (CUS-107).

Calls and messages of the company are none of it; a visit by appointment, an enquiry, a purchase
and a payment are. Each source is one statement for any number of customers.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from analytics.winback.rules.words import Behaviour
from customers.models import Interaction, Lead, Purchase, Receipt
from customers.rules.axes import Channel, Result

Since = Mapping[int, datetime]  # customer -> after when
Moves = dict[int, dict[Behaviour, datetime]]


def moves_since(since: Since) -> Moves:
    """Return the first own move of each kind after the given moments, per customer."""
    found: Moves = {pk: {} for pk in since}
    if not since:
        return found
    earliest = min(since.values())
    for behaviour, read in READERS.items():
        for pk, at in read(list(since), earliest):
            known = found[pk].get(behaviour)
            if at > since[pk] and (known is None or at < known):
                found[pk][behaviour] = at
    return found


Reader = Callable[[list[int], datetime], list[tuple[int, datetime]]]


def _pairs(rows: QuerySet[Any], column: str) -> list[tuple[int, datetime]]:
    return list(rows.order_by().values_list("customer_id", column))


def _talks(condition: Q, ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    rows = Interaction.objects.filter(condition, customer__in=ids, at__gt=since)
    return _pairs(rows.exclude(channel=Channel.HOME_VISIT.value), "at")


def _visited(ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    came = Q(result=Result.VISITED.value) | Q(channel=Channel.VISIT.value)
    return _talks(came, ids, since)


def _booked(ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    return _talks(Q(result=Result.VISIT_BOOKED.value), ids, since)


def _enquired(ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    return _pairs(Lead.objects.filter(customer__in=ids, received_at__gt=since), "received_at")


def _bought(ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    rows = Purchase.objects.filter(customer__in=ids)
    return [
        *_pairs(rows.filter(subscribed_at__gt=since), "subscribed_at"),
        *_pairs(rows.filter(signed_at__gt=since), "signed_at"),
    ]


def _paid(ids: list[int], since: datetime) -> list[tuple[int, datetime]]:
    """Return payments by the moment they were booked, of days not before ``since``."""
    rows = Receipt.objects.filter(
        purchase__customer__in=ids,
        amount__gt=0,
        received_on__gte=timezone.localdate(since),
        recorded_at__gt=since,
    ).exclude(reversal__isnull=False)
    return list(rows.order_by().values_list("purchase__customer_id", "recorded_at"))


READERS: Mapping[Behaviour, Reader] = {
    Behaviour.VISITED: _visited,
    Behaviour.BOOKED: _booked,
    Behaviour.ENQUIRED: _enquired,
    Behaviour.BOUGHT: _bought,
    Behaviour.PAID: _paid,
}
