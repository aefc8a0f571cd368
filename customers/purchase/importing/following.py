"""Leads and customers follow imported bookings, many at once and without starting anything.

What a person's subscription sets off (playbooks, notices) does not start for what happened long
ago; the history gets its rows all the same, each marked with the import.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from customers.models import ClassEvent, Customer, Lead, LeadEvent, PhaseEvent, StageEvent
from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState, Phase
from customers.rules.lifecycle import phase_of, stage_after_event

CLASSES = tuple(CustomerClass)
AXES = ("buying_stage", "customer_class", "phase", "stage_since")
LEAD_ORDER = tuple(POSITIONS)


def mark(job_id: int) -> str:
    """Return the reason under which the rows of an import stand in the histories."""
    return f"import:{job_id}"


@dataclass(frozen=True, slots=True)
class Following:
    """A lead that a booking moves forward."""

    lead: Lead
    to: LeadState
    at: datetime


def advance(
    moves: Sequence[Following], *, job_id: int, actor_id: int | None, now: datetime
) -> dict[str, list[list[Any]]]:
    """Move leads and their locked customers forward; return what stood before, for the trace."""
    moved = [each for each in moves if _is_ahead(each.to, LeadState(each.lead.state))]
    leads = [[each.lead.pk, each.lead.state, each.to.value] for each in moved]
    LeadEvent.objects.bulk_create(
        LeadEvent(
            lead=each.lead,
            at=each.at,
            kind="state",
            from_value=each.lead.state,
            to_value=each.to.value,
            reason=mark(job_id),
            actor_id=actor_id,
        )
        for each in moved
    )
    for state in {each.to for each in moved}:
        keys = [each.lead.pk for each in moved if each.to is state]
        Lead.objects.filter(pk__in=keys).update(state=state.value, updated_at=now)
    customers = _advance_customers(moved, job_id=job_id, actor_id=actor_id, now=now)
    return {"leads": leads, "customers": customers}


def _is_ahead(to: LeadState, current: LeadState) -> bool:
    return current in POSITIONS and LEAD_ORDER.index(to) > LEAD_ORDER.index(current)


def _advance_customers(
    moves: Iterable[Following], *, job_id: int, actor_id: int | None, now: datetime
) -> list[list[Any]]:
    best: dict[int, Following] = {}
    for each in moves:
        known = best.get(each.lead.customer_id)
        if known is None or _is_ahead(each.to, known.to):
            best[each.lead.customer_id] = each
    changed, before, events = [], [], []
    for customer in Customer.objects.filter(pk__in=best).order_by("pk"):
        move = best[customer.pk]
        old = _axes(customer)
        if not _move(customer, move):
            continue
        before.append([customer.pk, old, _axes(customer)])
        customer.updated_at = now
        changed.append(customer)
        same = {"customer": customer, "at": move.at, "reason": mark(job_id), "actor_id": actor_id}
        events += list(_events(old, customer, same))
    Customer.objects.bulk_update(changed, [*AXES, "updated_at"], batch_size=500)
    for model in (StageEvent, ClassEvent, PhaseEvent):
        rows: list[Any] = [row for row in events if isinstance(row, model)]
        model._default_manager.bulk_create(rows)
    return before


def _move(customer: Customer, move: Following) -> bool:
    """Bring the axes forward to what the lead means; return whether one of them moved."""
    position = POSITIONS[move.to]
    stage = stage_after_event(BuyingStage(customer.buying_stage), position.stage)
    current = CustomerClass(customer.customer_class)
    wanted = max(current, position.customer_class, key=CLASSES.index)
    phase = Phase(customer.phase)
    if phase is not Phase.CHURNED:
        phase = phase_of(stage, wanted)
    if (stage, wanted, phase) == (customer.buying_stage, current, customer.phase):
        return False
    if stage.value != customer.buying_stage:
        customer.stage_since = move.at
    customer.buying_stage, customer.phase = stage.value, phase.value
    customer.customer_class = wanted.value
    return True


def _events(old: Mapping[str, Any], customer: Customer, same: Mapping[str, Any]) -> Iterable[Model]:
    if old["buying_stage"] != customer.buying_stage:
        yield StageEvent(from_stage=old["buying_stage"], to_stage=customer.buying_stage, **same)
    if old["customer_class"] != customer.customer_class:
        yield ClassEvent(from_class=old["customer_class"], to_class=customer.customer_class, **same)
    if old["phase"] != customer.phase:
        yield PhaseEvent(from_phase=old["phase"], to_phase=customer.phase, **same)


def _axes(customer: Customer) -> dict[str, Any]:
    since = customer.stage_since
    return {
        "buying_stage": customer.buying_stage,
        "customer_class": customer.customer_class,
        "phase": customer.phase,
        "stage_since": since.astimezone(UTC).isoformat() if since else None,
    }


def go_back(trace: Mapping[str, Any], *, kept_leads: set[int], job_id: int, now: datetime) -> None:
    """Undo ``advance`` where nothing moved the lead or the customer since."""
    moved = {pk: (old, new) for pk, old, new in trace["leads"] if pk not in kept_leads}
    rows = Lead.objects.filter(pk__in=moved).order_by("pk").select_for_update(of=("self",))
    back = {lead.pk: lead for lead in rows if lead.state == moved[lead.pk][1]}
    LeadEvent.objects.filter(lead__in=back, reason=mark(job_id)).delete()
    for lead in back.values():
        lead.state, lead.updated_at = moved[lead.pk][0], now
    Lead.objects.bulk_update(back.values(), ["state", "updated_at"], batch_size=500)
    owners = {lead.customer_id for lead in back.values()}
    entries = {pk: (old, new) for pk, old, new in trace["customers"] if pk in owners}
    same = [
        customer
        for customer in Customer.objects.filter(pk__in=entries).order_by("pk")
        if _axes(customer) == entries[customer.pk][1]
    ]
    for customer in same:
        old = entries[customer.pk][0]
        since = old["stage_since"]
        customer.buying_stage, customer.phase = old["buying_stage"], old["phase"]
        customer.customer_class, customer.updated_at = old["customer_class"], now
        customer.stage_since = datetime.fromisoformat(since) if since else None
    Customer.objects.bulk_update(same, [*AXES, "updated_at"], batch_size=500)
    for model in (StageEvent, ClassEvent, PhaseEvent):
        model._default_manager.filter(customer__in=same, reason=mark(job_id)).delete()
