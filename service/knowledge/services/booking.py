"""Services booked, confirmed, delivered and rated; the catalogue made whole (SVC-13, 15, 104)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.models import Customer
from service.knowledge.choices import CONTENT_NAMES
from service.knowledge.rules.booking import CONTENTS, OrderState, may_go, missing_contents
from service.knowledge.service_models import ServiceItem, ServiceOrder, ServiceOrderEvent

FIELDS: Final[Mapping[OrderState, tuple[str, ...]]] = {
    OrderState.CONFIRMED: ("provider", "price"),
    OrderState.DELIVERED: ("result",),
    OrderState.RATED: ("score", "words"),
    OrderState.CANCELLED: (),
}


@transaction.atomic
def book_service(
    *,
    item: ServiceItem,
    customer: Customer,
    wished_on: date | None,
    note: str,
    actor: User,
    now: datetime,
) -> ServiceOrder:
    """Book a service for a customer and return the booking.

    Raise RefusedError for a service that is not offered, and for a customer without a project.
    """
    row = ServiceItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not (row.is_active and row.is_bookable):
        raise RefusedError(_("This service cannot be booked now."))
    if customer.project is None:
        raise RefusedError(_("The customer belongs to no project yet. Assign the customer first."))
    order = ServiceOrder.objects.create(
        item=row,
        customer=customer,
        project=customer.project,
        wished_on=wished_on,
        note=note.strip(),
        provider=row.provider,
        price=row.price,
        booked_by=actor,
        created_at=now,
    )
    _note(order, note, actor, now)
    return order


@transaction.atomic
def move_order(
    *, order: ServiceOrder, to: str, given: Mapping[str, Any], note: str, actor: User, now: datetime
) -> ServiceOrder:
    """Take a booking one step on with what the step needs, and return it.

    Raise RefusedError for a step that does not follow, and for one without what it needs.
    """
    row = (
        ServiceOrder.objects.select_for_update(of=("self",)).select_related("item").get(pk=order.pk)
    )
    if not may_go(row.state, to):
        raise RefusedError(_("This step does not follow where the booking is now. Reload."))
    state = OrderState(to)
    for name in FIELDS[state]:
        setattr(row, name, given.get(name, getattr(row, name)))
    if state is OrderState.DELIVERED and not row.result.strip():
        raise RefusedError(_("Write what was delivered."))
    if state is OrderState.RATED and row.score not in range(1, 6):
        raise RefusedError(_("Choose a rating from 1 to 5."))
    if state is OrderState.CANCELLED and not note.strip():
        raise RefusedError(_("Say why it is called off."))
    row.state = state.value
    row.save()
    _note(row, note, actor, now)
    return row


def contents_present() -> set[str]:
    """Return the keys of what the catalogue offers now; every item has an owner."""
    keys = [one.key for one in CONTENTS]
    return set(ServiceItem.objects.in_use().filter(code__in=keys).values_list("code", flat=True))


@transaction.atomic
def add_missing_items(*, actor: User, now: datetime) -> int:
    """Add what the catalogue lacks with ``actor`` as owner, offer again what was taken out.

    Return how many items that were.
    """
    lacking = missing_contents(contents_present())
    for one in lacking:
        ServiceItem.objects.update_or_create(
            code=one.key,
            defaults={"is_active": True},
            create_defaults={
                "name": str(CONTENT_NAMES[one.key]),
                "line": one.line,
                "stage": one.stage,
                "is_bookable": one.is_bookable,
                "owner": actor,
                "created_at": now,
            },
        )
    if lacking:
        facts = {"items": [one.key for one in lacking]}
        record(kind="services.completed", actor=actor, facts=facts, now=now)
    return len(lacking)


def _note(order: ServiceOrder, note: str, actor: User, now: datetime) -> None:
    ServiceOrderEvent.objects.create(
        order=order, state=order.state, note=note.strip()[:500], actor=actor, at=now
    )
    record(
        kind="services.order",
        actor=actor,
        subject=("service_order", order.pk),
        facts={"state": order.state, "service": order.item.code},
        now=now,
    )
