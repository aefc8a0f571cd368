"""Capturing leads and leading them through their states and stages (CUS-34, CUS-41, CUS-43)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.errors import EntryError, LeadMoveError, StageError, fault
from customers.models import Customer, Lead, LeadEvent, SourceEvent
from customers.rules.axes import (
    OPEN_LEAD_STATES,
    CaseStage,
    ClockKind,
    LeadState,
    may_lead_move,
)
from customers.rules.entry import DEFAULT_SOURCE, NO_CAMPAIGN, EntryFault, Fault
from customers.rules.leads import path_to
from customers.rules.stages import may_stamp
from customers.rules.text import clean_lines, clean_text
from customers.services import clocks, playbooks, responses, stages
from customers.services.classes import follow_lead
from customers.services.journey import note_move
from customers.services.lifecycle import reactivate
from customers.vocabulary import code_of

LONGEST_REASON = 200
LONGEST_SOLUTION = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """What somebody asked, where and through which channel and campaign.

    ``source`` is a word of the list; empty means the default of the capture point. ``state`` and
    ``lost_reason`` are for imports, which enter at any state; without ``starts_clocks`` no time
    limit begins. ``received_at`` ``None`` means now.
    """

    capture_point: str
    source: str = ""
    campaign: str = NO_CAMPAIGN
    project: Any = None
    text: str = ""
    received_at: datetime | None = None
    external_source: str = ""
    external_id: str = ""
    state: LeadState | None = None
    lost_reason: str = ""
    starts_clocks: bool = True
    import_job: int | None = None
    note: str = ""  # goes into the source event
    urgency: str = ""  # both rated: the matrix says who answers within which time (CUS-48)
    complexity: str = ""


@transaction.atomic
def capture_lead(
    *, customer: Customer, enquiry: Enquiry, actor: User | None, now: datetime
) -> Lead:
    """Return the lead of this enquiry: the open one of the same project, else a new one.

    Either way a source event is written. Raise ``EntryError`` for a source that is not on the
    list or a moment in the future; nothing is changed then.
    """
    source = _source(enquiry)
    if enquiry.received_at is not None and enquiry.received_at > now:
        raise fault("received_at", EntryFault.FUTURE)
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    reactivate(customer=locked, reason=stages.NEW_ENQUIRY, actor=actor, now=now)
    project_id = enquiry.project.pk if enquiry.project else locked.project_id
    lead = _known_lead(locked, enquiry, project_id)
    if lead is None:
        lead = _new_lead(locked, enquiry, source=source, project_id=project_id, now=now)
        _event(lead, "captured", to_value=lead.state, reason=source, actor=actor, now=now)
        if enquiry.starts_clocks and lead.state in {s.value for s in OPEN_LEAD_STATES}:
            clocks.start_clocks(lead=lead, started_at=lead.received_at, now=now)
        _follow(locked, LeadState(lead.state), actor=actor, now=now)
        if enquiry.import_job is None and enquiry.state is None:
            _begin(lead, locked, actor=actor, now=now)
    SourceEvent.objects.create(
        customer=locked,
        lead=lead,
        capture_point=enquiry.capture_point,
        source=source,
        import_job=enquiry.import_job,
        reason=clean_text(enquiry.note)[:300],
        actor=actor,
        at=enquiry.received_at or now,
    )
    return lead


@transaction.atomic
def move_lead(
    *, lead: Lead, to: LeadState, reason: str = "", actor: User | None, now: datetime
) -> Lead:
    """Move the lead by one allowed step and return it; losing it needs a reason.

    Raise ``LeadMoveError`` for a step the table does not have, ``StaleError`` when somebody else
    moved it first.
    """
    from_, target = LeadState(lead.state), LeadState(to)
    reason = clean_text(reason)
    _check_move(lead, from_, target, reason)
    # Customer before lead, as everywhere: two who write at once wait, never deadlock.
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=lead.customer_id)
    lost = (code_of("lost_reason", reason) or reason) if target is LeadState.LOST else ""
    moved = Lead.objects.filter(pk=lead.pk, state=from_.value).update(
        state=target.value, lost_reason=lost[:LONGEST_REASON], updated_at=now
    )
    if not moved:
        raise StaleError(_("The lead was moved by somebody else meanwhile. Reload."))
    lead.refresh_from_db()
    change = {"from_value": from_.value, "to_value": target.value, "reason": lost or reason}
    _event(lead, "state", actor=actor, now=now, **change)
    if target is LeadState.LOST:
        clocks.cancel_clocks(lead=lead, now=now)
    _follow(lead.customer, target, actor=actor, now=now)
    note_move(lead, actor=actor, now=now)
    record(
        kind="lead.moved",
        actor=actor,
        subject=("customer", lead.customer_id),
        facts={"lead": lead.pk, "from": from_.value, "to": target.value},
        now=now,
    )
    return lead


@transaction.atomic
def advance_to(*, lead: Lead, to: LeadState, actor: User | None, now: datetime) -> bool:
    """Bring an open lead forward to ``to`` over the steps between; return whether it moved.

    A lead that is there already, further on, closed, or still without an owner stays.
    """
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=lead.customer_id)
    current: Lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    path = path_to(LeadState(current.state), to)
    if not path or (current.owner_id is None and current.state == LeadState.NEW.value):
        return False
    for step in path:
        current = move_lead(lead=current, to=step, actor=actor, now=now)
    lead.refresh_from_db()
    return True


@transaction.atomic
def stamp_stage(*, lead: Lead, stage: CaseStage, actor: User | None, now: datetime) -> Lead:
    """Note that the case has entered ``stage``; a stage keeps its first stamp.

    Raise ``StageError`` while the need has not been collected (CUS-43).
    """
    current: Lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if stage.value in current.stages:
        return current
    if not may_stamp(current.stages, stage):
        raise StageError(_("Collect the need first; no case skips that stage."))
    stamp = {"at": now.isoformat(), "by": actor.pk if actor else None}
    current.stages = {**current.stages, stage.value: stamp}
    current.updated_at = now
    current.save(update_fields=["stages", "updated_at"])
    lead.stages = current.stages
    _event(current, "stage", to_value=stage.value, actor=actor, now=now)
    return current


@transaction.atomic
def close_case(
    *,
    lead: Lead,
    solution: str,
    told_at: datetime | None,
    confirmed_at: datetime | None,
    actor: User | None,
    now: datetime,
) -> Lead:
    """Close the enquiry: it is answered, the customer was told and has confirmed (CUS-41).

    Stops the third clock. Raise ``EntryError`` where one of the three is missing or the times are
    out of order, ``StageError`` for a case that is closed or whose need was never collected.
    """
    current: Lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    answer = clean_lines(solution)
    _check_closing(current, answer, told_at, confirmed_at, now)
    stamp_stage(lead=current, stage=CaseStage.SOLVE_PROBLEM, actor=actor, now=now)
    stamp_stage(lead=current, stage=CaseStage.FOLLOW_UP, actor=actor, now=now)
    current.solution, current.updated_at = answer, now
    current.customer_told_at, current.customer_confirmed_at = told_at, confirmed_at
    fields = ["solution", "customer_told_at", "customer_confirmed_at", "updated_at"]
    current.save(update_fields=fields)
    _event(current, "closed", actor=actor, now=now)
    clocks.meet(lead=current, kind=ClockKind.CLOSURE.value, at=now)
    record(
        kind="lead.closed",
        actor=actor,
        subject=("customer", current.customer_id),
        facts={"lead": current.pk},
        now=now,
    )
    return current


def _source(enquiry: Enquiry) -> str:
    word = enquiry.source or DEFAULT_SOURCE.get(enquiry.capture_point, "")
    code = code_of("source", word) if word else None
    if code is None:
        kind = EntryFault.UNKNOWN_WORD if word else EntryFault.REQUIRED
        raise fault("source", kind, word=word)
    return code


def _known_lead(customer: Customer, enquiry: Enquiry, project_id: int | None) -> Lead | None:
    leads = Lead.objects.filter(customer=customer)
    if enquiry.external_id:
        same: Lead | None = leads.filter(
            external_source=enquiry.external_source, external_id=enquiry.external_id
        ).first()
        if same is not None:
            return same
    if enquiry.state is not None:  # an import brings every lead of its file
        return None
    newest: Lead | None = (
        leads.open().filter(project=project_id).order_by("-received_at", "-pk").first()
    )
    return newest


def _new_lead(
    customer: Customer, enquiry: Enquiry, *, source: str, project_id: int | None, now: datetime
) -> Lead:
    usual = LeadState.ASSIGNED if customer.owner_id else LeadState.NEW
    state = enquiry.state or usual
    lost = clean_text(enquiry.lost_reason)
    if state is LeadState.LOST and not lost:
        raise fault("lost_reason", EntryFault.REQUIRED)
    cell = responses.rated_cell(complexity=enquiry.complexity, urgency=enquiry.urgency, now=now)
    return Lead.objects.create(
        customer=customer,
        project_id=project_id,
        source=source,
        campaign=clean_text(enquiry.campaign)[:80] or NO_CAMPAIGN,
        capture_point=enquiry.capture_point,
        state=state.value,
        lost_reason=(code_of("lost_reason", lost) or lost)[:LONGEST_REASON],
        owner_id=customer.owner_id,
        enquiry=clean_lines(enquiry.text)[:500],
        urgency=enquiry.urgency,
        complexity=enquiry.complexity,
        level=cell.level.value if cell else "",
        received_at=enquiry.received_at or now,
        external_source=clean_text(enquiry.external_source)[:40],
        external_id=clean_text(enquiry.external_id)[:80],
    )


def _check_move(lead: Lead, from_: LeadState, to: LeadState, reason: str) -> None:
    if not may_lead_move(from_, to):
        raise LeadMoveError()
    if to is LeadState.LOST and not reason:
        raise fault("reason", EntryFault.REQUIRED)
    if len(reason) > LONGEST_REASON:
        raise fault("reason", EntryFault.TOO_LONG, limit=LONGEST_REASON, count=len(reason))
    if to is LeadState.ASSIGNED and lead.owner_id is None:
        raise LeadMoveError(_("Assign the customer to a consultant first."))
    if to is LeadState.NEW and lead.owner_id is not None:
        raise LeadMoveError(_("Return the customer to the pool instead."))


def _check_closing(
    lead: Lead,
    answer: str,
    told_at: datetime | None,
    confirmed_at: datetime | None,
    now: datetime,
) -> None:
    if lead.customer_confirmed_at is not None:
        raise StageError(_("The case is closed already."))
    if CaseStage.COLLECT_NEED.value not in lead.stages:
        raise StageError(_("Collect the need first; no case skips that stage."))
    given = {"solution": answer, "told_at": told_at, "confirmed_at": confirmed_at}
    faults = {name: [Fault(EntryFault.REQUIRED)] for name, value in given.items() if not value}
    if len(answer) > LONGEST_SOLUTION:
        params = {"limit": LONGEST_SOLUTION, "count": len(answer)}
        faults["solution"] = [Fault(EntryFault.TOO_LONG, params)]
    if not faults and told_at and confirmed_at:
        if max(told_at, confirmed_at) > now:
            faults["confirmed_at"] = [Fault(EntryFault.FUTURE)]
        elif not lead.received_at <= told_at <= confirmed_at:
            faults["told_at"] = [Fault("time_order")]
    if faults:
        raise EntryError(faults)


def _follow(customer: Customer, state: LeadState, *, actor: User | None, now: datetime) -> None:
    """Bring class, buying stage and phase up to what a lead in ``state`` means."""
    moved = follow_lead(customer=customer, state=state, actor=actor, now=now)
    stages.follow_lead(customer=moved, state=state, actor=actor, now=now)


def _begin(lead: Lead, customer: Customer, *, actor: User | None, now: datetime) -> None:
    """Bring a fresh enquiry to those who answer it, and start what is planned for new ones."""
    responses.route(lead=lead, customer=customer, actor=actor, now=now)
    playbooks.on_event(
        event="lead:captured",
        customer=customer,
        lead=lead,
        occurrence=f"lead:{lead.pk}",
        actor=actor,
        now=now,
    )


def _event(lead: Lead, kind: str, *, actor: User | None, now: datetime, **values: str) -> None:
    values = {name: str(value)[:LONGEST_REASON] for name, value in values.items()}
    LeadEvent.objects.create(lead=lead, kind=kind, actor=actor, at=now, **values)
