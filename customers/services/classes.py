"""Moving customers between the five classes, by events and by hand (CUS-08)."""

import itertools
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record, record_bulk
from crm_site.staff.models import User
from customers.errors import ClassMoveError, fault
from customers.models import ClassEvent, Customer
from customers.rules.axes import POSITIONS, CustomerClass, LeadState
from customers.rules.classes import may_correct, steps_to
from customers.services.lifecycle import settle_phase

SHORTEST_REASON = 4
VALUE_TEST = "value test"  # reason of the moves to and from high value


@transaction.atomic
def change_class(
    *, customer: Customer, to: str, reason: str, actor: User | None, now: datetime
) -> Customer:
    """Set the class by hand, one step forward or back, with a reason; return the customer.

    From then on only a purchase changes it. Raise ``ClassMoveError`` for jumps.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise fault("reason", "reason_short", limit=SHORTEST_REASON)
    if to not in set(CustomerClass):
        raise fault("customer_class", "choice")
    current = _locked(customer)
    if not may_correct(CustomerClass(current.customer_class), CustomerClass(to)):
        raise ClassMoveError()
    return _write(
        current, [CustomerClass(to)], reason=reason.strip(), is_manual=True, actor=actor, now=now
    )


@transaction.atomic
def move_class(
    *, customer: Customer, to: CustomerClass, reason: str, actor: User | None, now: datetime
) -> Customer:
    """Move the class because of an event (purchase, handover, value test); return the customer.

    Each step on the way leaves a row. A class that is already reached, or set by hand and not
    overtaken by a purchase, stays. Raise ``ClassMoveError`` where no way leads to ``to``.
    """
    current = _locked(customer)
    from_ = CustomerClass(current.customer_class)
    if from_ is to or (current.class_is_manual and to is CustomerClass.INTENT):
        return current
    steps = steps_to(from_, to)
    if not steps:
        raise ClassMoveError()
    return _write(current, steps, reason=reason, is_manual=False, actor=actor, now=now)


def follow_lead(
    *, customer: Customer, state: LeadState, actor: User | None, now: datetime
) -> Customer:
    """Bring the class up to what a lead in ``state`` means; it never falls because of a lead."""
    position = POSITIONS.get(state)
    if position is None or position.customer_class is CustomerClass.POTENTIAL:
        return customer
    if not steps_to(CustomerClass(customer.customer_class), position.customer_class):
        return customer
    return move_class(
        customer=customer,
        to=position.customer_class,
        reason=f"lead:{state.value}",
        actor=actor,
        now=now,
    )


def _locked(customer: Customer) -> Customer:
    return Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)


def _write(
    customer: Customer,
    steps: list[CustomerClass],
    *,
    reason: str,
    is_manual: bool,
    actor: User | None,
    now: datetime,
) -> Customer:
    path = [customer.customer_class, *(step.value for step in steps)]
    ClassEvent.objects.bulk_create(
        ClassEvent(
            customer=customer,
            from_class=before,
            to_class=after,
            reason=reason[:300],
            is_manual=is_manual,
            actor=actor,
            at=now,
        )
        for before, after in itertools.pairwise(path)
    )
    customer.customer_class, customer.class_is_manual = path[-1], is_manual
    customer.updated_at = now
    customer.save(update_fields=["customer_class", "class_is_manual", "updated_at"])
    settle_phase(customer=customer, reason=f"class:{path[-1]}", actor=actor, now=now)
    record(
        kind="customer.class_changed",
        actor=actor,
        subject=("customer", customer.pk),
        reason=reason if is_manual else "",
        facts={"from": path[0], "to": path[-1], "is_manual": is_manual},
        now=now,
    )
    return customer


def move_by_value_test(
    *,
    moves: Sequence[tuple[int, str]],
    to: CustomerClass,
    now: datetime,
    reason: str = VALUE_TEST,
) -> None:
    """Write the class that the test of value gives to many at once (CUS-09).

    ``moves`` are (customer id, class before) of customers locked by the caller; each gets its row
    of history, the audit trail one event for all.
    """
    if not moves:
        return
    ids = [pk for pk, _before in moves]
    ClassEvent.objects.bulk_create(
        [
            ClassEvent(customer_id=pk, from_class=before, to_class=to.value, reason=reason, at=now)
            for pk, before in moves
        ],
        batch_size=1000,
    )
    Customer.objects.filter(pk__in=ids).update(customer_class=to.value, updated_at=now)
    record_bulk(
        kind="customers.class_changed",
        actor=None,
        subject_kind="customer",
        ids=ids,
        facts={"to": to.value},
        now=now,
    )
