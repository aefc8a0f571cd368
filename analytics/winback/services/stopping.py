"""Whom win-back leaves in peace: merged, handed over, or refusing to be contacted."""

from collections.abc import Iterable

from analytics.churn.rules.words import Stage
from analytics.winback.rules.words import Ending
from customers.models import Customer, Purchase
from customers.purchase.rules import PurchaseState
from customers.services.contact_stop import refusing

BUYING = (
    PurchaseState.HELD.value,
    PurchaseState.PRESUBSCRIBED.value,
    PurchaseState.SUBSCRIBED.value,
    PurchaseState.SIGNED.value,
)


def stopped(customers: Iterable[int], stages: dict[int, str] | None = None) -> dict[int, Ending]:
    """Return why nothing is done about some of the customers; those left out may be warned of.

    ``stages`` are those of their scores; an owner has the keys. Three queries for any number.
    """
    ids, found = list(customers), {}
    for pk in handed_over(ids):
        found[pk] = Ending.HANDED_OVER
    for pk, stage in (stages or {}).items():
        if stage == Stage.OWNER:
            found[pk] = Ending.HANDED_OVER
    for pk in refusing(ids):
        found[pk] = Ending.OPTED_OUT
    merged = Customer.objects.filter(pk__in=ids, merged_into__isnull=False)
    for pk in merged.values_list("pk", flat=True):
        found[pk] = Ending.MERGED
    return found


def handed_over(customers: Iterable[int]) -> set[int]:
    """Return those who have the keys of a home and no other purchase under way."""
    rows = Purchase.objects.filter(
        customer__in=list(customers), state__in=(*BUYING, PurchaseState.HANDED_OVER.value)
    ).values_list("customer_id", "state")
    owners = {pk for pk, state in rows if state == PurchaseState.HANDED_OVER.value}
    return owners - {pk for pk, state in rows if state in BUYING}
