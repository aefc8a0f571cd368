"""The phase of the relationship, kept with its history (CUS-21).

A phase follows from stage and class. ``churned`` alone does not: ``mark_churned`` and its
form for many are the only ways into it, a new enquiry the way out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record, record_each
from crm_site.staff.models import User
from customers.models import Customer, PhaseEvent
from customers.rules.axes import BuyingStage, CustomerClass, Phase
from customers.rules.lifecycle import phase_of
from customers.services.playbooks import on_event, on_events

RULE = "rule:"  # in front of the rule's key, as the reason of the event


@transaction.atomic
def mark_churned(*, customer: Customer, rule: str, now: datetime) -> bool:
    """Set the phase to churned because the churn rule ``rule`` says so; return whether it changed.

    Raise ``ValueError`` without the key of a rule: nobody churns by hand or by losing a lead.
    """
    if not rule.strip():
        raise ValueError("a customer churns by a rule only")
    current = locked(customer)
    if current.phase == Phase.CHURNED.value:
        return False
    _write(current, Phase.CHURNED, reason=f"{RULE}{rule}", actor=None, now=now)
    return True


@transaction.atomic
def mark_all_churned(*, rules: Mapping[int, str], now: datetime) -> int:
    """Do for each customer of ``rules`` what ``mark_churned`` does with its rule, by sets.

    Return how many were not churned before. Their playbooks start with the next sweep.
    """
    if not all(rule.strip() for rule in rules.values()):
        raise ValueError("a customer churns by a rule only")
    rows = Customer.objects.filter(pk__in=rules).exclude(phase=Phase.CHURNED.value)
    locked_rows = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    before = dict(locked_rows.values_list("pk", "phase"))
    if not before:
        return 0
    to = Phase.CHURNED.value
    PhaseEvent.objects.bulk_create(
        [
            PhaseEvent(
                customer_id=pk,
                from_phase=phase,
                to_phase=to,
                reason=f"{RULE}{rules[pk]}"[:300],
                at=now,
            )
            for pk, phase in before.items()
        ],
        batch_size=1000,
    )
    Customer.objects.filter(pk__in=before).update(phase=to, updated_at=now)
    record_each(
        kind="customer.phase_changed",
        subject_kind="customer",
        facts={pk: {"from": phase, "to": to} for pk, phase in before.items()},
        now=now,
    )
    on_events(
        event=f"phase:{to}",
        customer_ids=before,
        occurrence=f"{to}:{now.isoformat()}",
        now=now,
    )
    return len(before)


def settle_phase(*, customer: Customer, reason: str, actor: User | None, now: datetime) -> None:
    """Bring the phase of a locked customer in line with its stage and class; churned stays."""
    if customer.phase != Phase.CHURNED.value:
        _follow(customer, reason, actor, now)


def reactivate(*, customer: Customer, reason: str, actor: User | None, now: datetime) -> None:
    """Take a locked customer who had churned and came back into the phase of its stage."""
    if customer.phase == Phase.CHURNED.value:
        _follow(customer, reason, actor, now)


def reactivate_all(
    *, customer_ids: Sequence[int], reason: str, actor: User | None, now: datetime
) -> int:
    """Take those of the given customers who had churned into the phase of their stage.

    Return how many; an import calls it once for all the customers of a part.
    """
    if not customer_ids:
        return 0
    churned = Customer.objects.filter(pk__in=customer_ids, phase=Phase.CHURNED.value)
    back = list(churned.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for customer in back:
        _follow(customer, reason, actor, now)
    return len(back)


def locked(customer: Customer) -> Customer:
    """Return the customer as it stands, locked for this transaction."""
    return Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)


def _follow(customer: Customer, reason: str, actor: User | None, now: datetime) -> None:
    phase = phase_of(BuyingStage(customer.buying_stage), CustomerClass(customer.customer_class))
    if customer.phase != phase.value:
        _write(customer, phase, reason=reason, actor=actor, now=now)


def _write(
    customer: Customer, phase: Phase, *, reason: str, actor: User | None, now: datetime
) -> None:
    before = customer.phase
    event = PhaseEvent.objects.create(
        customer=customer,
        from_phase=before,
        to_phase=phase.value,
        reason=reason[:300],
        actor=actor,
        at=now,
    )
    customer.phase = phase.value
    Customer.objects.filter(pk=customer.pk).update(phase=phase.value, updated_at=now)
    record(
        kind="customer.phase_changed",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"from": before, "to": phase.value},
        now=now,
    )
    if phase is Phase.CHURNED:
        name = f"phase:{phase.value}"
        on_event(event=name, customer=customer, occurrence=str(event.pk), actor=actor, now=now)
