"""The one order in which purchases are locked: customers, units, purchases, leads.

Every change of a purchase goes through here, so two people at once take turns at the unit and
nobody waits for somebody who waits for him. The partial unique index stays as the second guard.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.models import Customer
from customers.property.models import Unit
from customers.purchase.hooks import follow_up
from customers.purchase.models import Purchase, PurchaseEvent
from customers.purchase.rules import Step, state_after


def lock_customers(keys: Iterable[int]) -> None:
    """Lock customers in the order of their keys; merging and moving leads wait."""
    rows = Customer.objects.filter(pk__in=set(keys)).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def lock_units(keys: Iterable[int]) -> dict[int, Unit]:
    """Lock units in the order of their keys and return them by key.

    Each carries ``clock``: the time of the database, by which holds end whatever the host says.
    """
    rows = Unit.objects.filter(pk__in=set(keys)).order_by("pk").select_related("building")
    locked = rows.select_for_update(no_key=True, of=("self",)).annotate(clock=Now())
    return {unit.pk: unit for unit in locked}


def lock_purchase(purchase: Purchase) -> Purchase:
    """Lock customer, unit and purchase, in that order, and return the purchase as it is now.

    Raise StaleError where the customer or the unit was exchanged while waiting.
    """
    lock_customers([purchase.customer_id])
    if purchase.unit_id:
        lock_units([purchase.unit_id])
    rows = Purchase.objects.select_related("unit__building", "project", "customer", "lead")
    current: Purchase = rows.select_for_update(of=("self",)).get(pk=purchase.pk)
    if (current.customer_id, current.unit_id) != (purchase.customer_id, purchase.unit_id):
        raise StaleError(_("Somebody else changed this purchase meanwhile. Reload."))
    return current


def take_step(
    purchase: Purchase,
    step: Step,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
    **facts: object,
) -> None:
    """Move a locked purchase along ``step``, saving it, writing the event, running what follows.

    The caller has checked that the table allows the step.
    """
    before = purchase.state
    after = state_after(before, step)
    purchase.state, purchase.updated_at = after.value, now
    if after.value != before:
        purchase.state_since = now
    purchase.save()
    note(purchase, step.value, before=before, actor=actor, now=now, reason=reason, **facts)
    follow_up(purchase, step, actor=actor, now=now)


def note(
    purchase: Purchase,
    step: str,
    *,
    before: str,
    actor: User | None,
    now: datetime,
    reason: str = "",
    **facts: object,
) -> PurchaseEvent:
    """Write the event of a step and return it."""
    return PurchaseEvent.objects.create(
        purchase=purchase,
        at=now,
        step=step,
        from_state=before,
        to_state=purchase.state,
        reason=reason,
        facts=facts,
        actor=actor,
    )


def close_lapsed(unit_ids: Iterable[int], *, now: datetime) -> int:
    """End the holds on locked units whose time is over by the database's clock; return how many."""
    lapsed = Purchase.objects.filter(unit__in=set(unit_ids)).lapsed().order_by("pk")
    ended = list(lapsed.select_for_update(of=("self",)))
    for purchase in ended:
        end(purchase, Step.EXPIRE, actor=None, now=now, reason="")
    return len(ended)


def end(purchase: Purchase, step: Step, *, actor: User | None, now: datetime, reason: str) -> None:
    """Close a locked purchase by ``step``, which frees its unit."""
    purchase.ended_at, purchase.end_reason, purchase.expires_at = now, reason, None
    take_step(purchase, step, actor=actor, now=now, reason=reason)
