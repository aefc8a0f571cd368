"""The decisions of one part into the tables: customers, leads, histories, each by one COPY."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from crm_site.common.crypto import encrypt
from crm_site.exchange.registry import Plan
from crm_site.policies.services import in_force
from customers.importers.copying import Tokens, copy_rows, take_keys
from customers.importers.matching import CREATED, Decision
from customers.importers.tracing import Trace, snapshot
from customers.indexes import contact_index, id_number_index, phone_columns, phone_tail_index
from customers.models import (
    Customer,
    CustomerContact,
    FieldEvent,
    Lead,
    LeadEvent,
    OwnershipEvent,
    SourceEvent,
)
from customers.policies import OWNERSHIP
from customers.rules.axes import POSITIONS, CustomerClass, CustomerKind, LeadState
from customers.rules.completeness import completeness
from customers.rules.entry import CapturePoint, spending_power
from customers.rules.followups import ClockStart
from customers.rules.search import name_tokens, sort_key
from customers.services.capture import FIRST_CAPTURE
from customers.services.clocks import start_clocks_bulk
from customers.services.columns import COUNTED
from customers.services.field_history import changed_fields
from customers.services.lifecycle import reactivate_all
from customers.services.stages import NEW_ENQUIRY

IMPORT = CapturePoint.IMPORT.value
CUSTOMER_COLUMNS = (
    "id", "name", "sort_key", "tokens", "phone", "phone_index", "phone_tail_index", "gender",
    "birthday", "id_number", "id_number_index", "annual_income", "city", "district", "address",
    "occupation", "family", "budget_min", "budget_max", "layout", "motive", "intent",
    "spending_power", "remark", "custom", "source", "external_source", "external_id",
    "is_unreachable", "completeness", "owner_id", "owned_since", "protected_until", "team_id",
    "project_id", "region_id", "buying_stage", "phase", "stage_since",
)  # fmt: skip
CUSTOMER_START = {
    "kind": CustomerKind.PERSON.value,
    "project_role": "",
    "contribution": 0,
    "customer_class": CustomerClass.POTENTIAL.value,
    "class_is_manual": False,
    "version": 1,
}
LEAD_COLUMNS = (
    "id", "customer_id", "project_id", "source", "campaign", "state", "owner_id", "enquiry",
    "received_at", "external_source", "external_id",
)  # fmt: skip
# Buying stage and phase that the state of the imported lead stands for.
_AXES = {state.value: (place.stage.value, place.phase.value) for state, place in POSITIONS.items()}
LEAD_START: dict[str, Any] = {
    "capture_point": IMPORT,
    "lost_reason": "",
    "stages": {},
    "solution": "",
}


def write_decisions(plan: Plan, decisions: Sequence[Decision]) -> Trace:
    """Write what was decided, inside the caller's transaction; return what was written."""
    trace = Trace(at=plan.now)
    protected = plan.now + timedelta(days=in_force(OWNERSHIP, at=plan.now).value.protect_days)
    fresh = [decision for decision in decisions if decision.verdict == CREATED]
    for decision, key in zip(fresh, take_keys(Customer, len(fresh)), strict=True):
        decision.customer_id = key
    trace.created((decision.draft.row, decision.customer_id) for decision in fresh)
    for decision in decisions:
        if decision.known is not None:
            decision.customer_id = decision.known.pk
        elif decision.twin is not None:
            decision.customer_id = decision.twin.customer_id
    written = {"created_at": plan.now, "updated_at": plan.now}
    rows = (_customer_row(plan, decision, protected) for decision in fresh)
    copy_rows(Customer, CUSTOMER_COLUMNS, rows, CUSTOMER_START | written)
    _update_known(plan, decisions, protected, trace)
    _write_contacts(decisions, trace)
    _write_leads(plan, [decision for decision in decisions if decision.makes_lead], trace)
    _bring_back(plan, [d for d in decisions if d.makes_lead and d.known is not None], trace)
    _write_ownership(plan, [decision for decision in decisions if decision.takes_owner])
    return trace


def _customer_row(plan: Plan, decision: Decision, protected: datetime) -> tuple[Any, ...]:
    draft, now = decision.draft, plan.now
    values, place, owner = draft.values, draft.place, draft.owner
    get = values.get
    phone, id_number, income = get("phone"), get("id_number"), get("annual_income")
    owned = (owner.pk, now, protected) if owner else (None, None, None)
    return (
        decision.customer_id, values["name"], sort_key(values["name"]),
        Tokens(name_tokens(values["name"])),
        _secret("phone", phone), draft.phone_index, phone_tail_index(phone) if phone else None,
        get("gender", ""), get("birthday"),
        _secret("id_number", id_number), id_number_index(id_number) if id_number else None,
        _secret("annual_income", None if income is None else str(income)),
        get("city", ""), get("district", ""), _secret("address", get("address")),
        get("occupation", ""), get("family", ""), get("budget_min"), get("budget_max"),
        get("layout", ""), get("motive", ""), get("intent"), spending_power(income),
        get("remark", ""), draft.custom, draft.source,
        plan.options["external_source"] if draft.external_id else "", draft.external_id,
        phone is None and not draft.contacts, _completeness(values), *owned, place.team,
        place.project, place.region, *_AXES[_state(decision)], draft.received_at or now,
    )  # fmt: skip


def _completeness(values: Mapping[str, Any]) -> int:
    """Return how complete a record with these values is; rows of a file mostly fill the same."""
    return _completeness_of(tuple(name for name in COUNTED if values.get(name) not in (None, "")))


@lru_cache(maxsize=4096)
def _completeness_of(filled: tuple[str, ...]) -> int:
    return completeness(dict.fromkeys(filled, True))


def _secret(column: str, text: str | None) -> bytes | None:
    return encrypt(text, place=f"customers_customer.{column}") if text else None


def _write_leads(plan: Plan, decisions: Sequence[Decision], trace: Trace) -> None:
    keys = take_keys(Lead, len(decisions))
    leads = list(zip(keys, decisions, strict=True))
    for key, decision in leads:
        trace.lead(decision.draft.row, key, decision.customer_id)
    actor, now = plan.actor.pk if plan.actor else None, plan.now
    rows = (_lead_row(plan, key, decision) for key, decision in leads)
    copy_rows(Lead, LEAD_COLUMNS, rows, LEAD_START | {"created_at": now, "updated_at": now})
    copy_rows(
        LeadEvent,
        ("lead_id", "to_value", "reason"),
        ((key, _state(d), d.draft.source) for key, d in leads),
        {"at": now, "kind": "captured", "from_value": "", "actor_id": actor},
    )
    copy_rows(
        SourceEvent,
        ("customer_id", "at", "lead_id", "source"),
        ((d.customer_id, d.draft.received_at or now, key, d.draft.source) for key, d in leads),
        {"actor_id": actor, "reason": "", "capture_point": IMPORT, "import_job": plan.job_id},
    )
    _start_clocks(plan, leads)


def _lead_row(plan: Plan, key: int, decision: Decision) -> tuple[Any, ...]:
    draft = decision.draft
    return (
        key, decision.customer_id, draft.lead_project, draft.source, draft.campaign,
        _state(decision), _lead_owner(decision), draft.enquiry, draft.received_at or plan.now,
        plan.options["external_source"] if draft.external_id else "", draft.external_id,
    )  # fmt: skip


def _lead_owner(decision: Decision) -> int | None:
    """Return whoever is responsible for the customer; a file does not take customers away."""
    if decision.known is not None and decision.known.owner_id:
        return int(decision.known.owner_id)
    first = decision.twin.draft if decision.twin is not None else decision.draft
    return first.owner.pk if first.owner else None


def _state(decision: Decision) -> str:
    owned = _lead_owner(decision) is not None
    return (LeadState.ASSIGNED if owned else LeadState.NEW).value


def _start_clocks(plan: Plan, leads: Iterable[tuple[int, Decision]]) -> None:
    """Start the clocks asked for; without a date in the file nobody knows how old an enquiry is."""
    mode = ClockStart(plan.options["clocks"])
    if mode is ClockStart.NONE:
        return
    received = [
        (key, decision.draft.received_at or plan.now)
        for key, decision in leads
        if decision.draft.received_at is not None or mode is ClockStart.FROM_IMPORT
    ]
    start_clocks_bulk(received=received, mode=mode, now=plan.now)


def _bring_back(plan: Plan, decisions: Sequence[Decision], trace: Trace) -> None:
    """Take known customers who had churned and enquire again into the phase of their stage."""
    before = {d.customer_id: (d.draft.row, d.known.phase) for d in decisions if d.known is not None}
    if not reactivate_all(
        customer_ids=list(before), reason=NEW_ENQUIRY, actor=plan.actor, now=plan.now
    ):
        return
    for pk, phase in Customer.objects.filter(pk__in=before).values_list("pk", "phase"):
        row, old = before[pk]
        if phase != old:
            trace.changed(row, pk, {"phase": old}, {"phase": phase})


def _write_ownership(plan: Plan, decisions: Sequence[Decision]) -> None:
    copy_rows(
        OwnershipEvent,
        ("customer_id", "to_owner_id"),
        ((d.customer_id, d.draft.owner.pk) for d in decisions if d.draft.owner is not None),
        {
            "at": plan.now,
            "actor_id": plan.actor.pk if plan.actor else None,
            "reason": FIRST_CAPTURE,
            "from_owner_id": None,
            "is_backup": False,
        },
    )


def _write_contacts(decisions: Sequence[Decision], trace: Trace) -> None:
    rows = [
        CustomerContact(
            customer_id=decision.customer_id,
            kind=kind,
            value=value,
            value_index=contact_index(kind, value),
        )
        for decision in decisions
        for kind, value in decision.contacts
    ]
    fresh = {decision.customer_id for decision in decisions if decision.verdict == CREATED}
    for row in rows:
        if row.customer_id not in fresh:
            trace.contact(row.customer_id, row.kind, bytes(row.value_index))
    CustomerContact.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _update_known(
    plan: Plan, decisions: Sequence[Decision], protected: datetime, trace: Trace
) -> None:
    """Write the changes of known customers, those with the same columns in one statement."""
    groups: dict[tuple[str, ...], dict[int, Customer]] = {}
    events: list[FieldEvent] = []
    for decision in decisions:
        customer = decision.known
        if customer is None or not (decision.changes or decision.takes_owner or decision.contacts):
            continue
        events += _field_events(plan, customer, decision.changes)
        before = snapshot(customer)
        changed = apply_changes(customer, decision.changes)
        if decision.contacts and customer.is_unreachable:
            customer.is_unreachable = False
            changed.add("is_unreachable")
        if decision.takes_owner:
            changed |= _give(customer, decision, plan.now, protected)
        customer.version += 1
        customer.updated_at = plan.now
        after = snapshot(customer)
        if "phone" in decision.changes:
            before, after = before | {"phone": None}, after | {"phone": decision.changes["phone"]}
        trace.changed(decision.draft.row, customer.pk, before, after)
        columns = tuple(sorted(changed | {"version", "updated_at"}))
        groups.setdefault(columns, {})[customer.pk] = customer
    for columns, customers in groups.items():
        Customer.objects.bulk_update(customers.values(), columns, batch_size=200)
    FieldEvent.objects.bulk_create(events, batch_size=1000)


def _field_events(plan: Plan, customer: Customer, changes: dict[str, Any]) -> list[FieldEvent]:
    """Return what the file changes in fields; a first phone is only filled in, never replaced."""
    found = changed_fields(customer, {k: v for k, v in changes.items() if k != "phone"})
    if "phone" in changes:
        found["phone"] = (None, changes["phone"])
    origin = {"source": IMPORT, "source_id": str(plan.job_id), "at": plan.now, "actor": plan.actor}
    return [
        FieldEvent(customer=customer, field=field, old_value=old, new_value=new, **origin)
        for field, (old, new) in found.items()
    ]


def apply_changes(customer: Customer, changes: dict[str, Any]) -> set[str]:
    """Set the changed values and what follows from them; return the changed columns."""
    changed = set(changes)
    for name, value in changes.items():
        setattr(customer, name, value)
    if "name" in changes:
        customer.sort_key = sort_key(customer.name)
        customer.tokens = name_tokens(customer.name)
        changed |= {"sort_key", "tokens"}
    if "phone" in changes:
        for name, value in phone_columns(changes["phone"]).items():
            setattr(customer, name, value)
        customer.is_unreachable = False
        changed |= {"phone_index", "phone_tail_index", "is_unreachable"}
    if "id_number" in changes:
        customer.id_number_index = id_number_index(changes["id_number"])
        changed.add("id_number_index")
    if "annual_income" in changes:
        customer.spending_power = spending_power(changes["annual_income"])
        changed.add("spending_power")
    if changed:
        known = {name: getattr(customer, name) for name in COUNTED if name != "phone"}
        customer.completeness = _completeness(known | {"phone": customer.phone_index})
        changed.add("completeness")
    return changed


def _give(customer: Customer, decision: Decision, now: datetime, protected: datetime) -> set[str]:
    """Make the file's owner responsible for a customer of the pool; return the changed columns."""
    owner, place = decision.draft.owner, decision.draft.place
    customer.owner = owner
    customer.owned_since, customer.protected_until = now, protected
    customer.team_id, customer.project_id = place.team, place.project
    customer.region_id = place.region
    return {"owner", "owned_since", "protected_until", "team", "project", "region"}
