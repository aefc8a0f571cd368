"""Flows: written, switched on and off, walked step by step (MKT-38).

Each step of a run takes effect in the transaction that writes its row ``FlowAct`` and moves the run
on, so a killed worker repeats nothing and a run that is held by another worker is skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.outbox.addressees import CALLED_OFF, Later, Refused
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, call_off_all, send_outside
from crm_site.staff.models import User
from customers.models import Interaction, Project, Purchase
from customers.rules.axes import Channel, Result
from customers.services.contact_stop import refuses_contact
from customers.services.reaching import ADDRESSEE
from customers.services.tasks import TaskEntry, create_task
from customers.services.telling import channels_for
from marketing.messaging.choices import BEST
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import Flow, FlowAct, FlowRun, FlowStep, MessageTemplate, Reply
from marketing.messaging.rules.flows import Facts, Fault, StepKind, faults_of, holds
from marketing.messaging.services.settling import note_line
from marketing.messaging.services.templates import KIND, check_values, home_of, words_for

SUBJECT: Final = "flow_run"
SOURCE: Final = "flow"
TASK_WITHIN: Final = timedelta(days=1)
PER_RUN: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """One step as somebody writes it."""

    kind: str
    hours: int | None = None
    condition: str = ""
    template: MessageTemplate | None = None
    channel: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDraft:
    """A flow as somebody writes it."""

    name: str
    trigger: str
    stage: str = ""
    days: int | None = None
    project: Project | None = None
    campaign_code: str = ""
    steps: Sequence[StepDraft] = ()


@transaction.atomic
def write_flow(*, draft: FlowDraft, actor: User, now: datetime) -> Flow:
    """Keep a new flow with its steps and return it."""
    row = Flow(author=actor, created_at=now)
    for name in ("name", "trigger", "stage", "days", "project", "campaign_code"):
        setattr(row, name, getattr(draft, name))
    row.region = home_of(draft.project, actor)
    row.save()
    for step in draft.steps:
        add_step(flow=row, step=step, now=now)
    return row


@transaction.atomic
def add_step(*, flow: Flow, step: StepDraft, now: datetime) -> FlowStep:
    """Append a step and return it; raise MessagingError once the flow was switched on."""
    row = _draft(flow)
    made = FlowStep.objects.create(
        flow=row,
        position=row.steps.count() + 1,
        kind=step.kind,
        hours=step.hours,
        condition=step.condition,
        template=step.template,
        channel=step.channel,
        words=step.words,
    )
    Flow.objects.filter(pk=row.pk).update(updated_at=now)
    return made


@transaction.atomic
def drop_step(*, flow: Flow, now: datetime) -> None:
    """Remove the last step; raise MessagingError where there is none or the flow was on."""
    row = _draft(flow)
    last = row.steps.order_by("-position").first()
    if last is None:
        raise MessagingError(_("The flow has no steps."))
    last.delete()
    Flow.objects.filter(pk=row.pk).update(updated_at=now)


def _draft(flow: Flow) -> Flow:
    row: Flow = Flow.objects.select_for_update(of=("self",)).get(pk=flow.pk)
    if row.state != "draft":
        raise MessagingError(_("The flow was switched on; its steps stay as they are."))
    return row


@transaction.atomic
def switch_on(*, flow: Flow, actor: User, now: datetime) -> Flow:
    """Let a flow begin by itself from now on; raise MessagingError saying what it lacks."""
    row: Flow = Flow.objects.select_for_update(of=("self",)).get(pk=flow.pk)
    if row.state == "on":
        raise MessagingError(_("The flow runs already."))
    steps = list(row.steps.select_related("template"))
    faults = faults_of([(step.position, StepKind(step.kind)) for step in steps])
    if faults:
        raise MessagingError(str(FAULTS[faults[0]]()))
    for step in steps:
        if step.template is not None:
            check_values([step.template.title, step.template.body], {})
            if not step.template.is_active:
                raise MessagingError(_("The text is out of use. Choose another."))
    row.state, row.switched_at, row.switched_by = "on", now, actor
    row.save()
    audit(kind="messaging.flow_on", actor=actor, subject=("flow", row.pk), now=now)
    return row


@transaction.atomic
def switch_off(*, flow: Flow, actor: User, now: datetime) -> Flow:
    """Stop a flow and everybody on the way; raise MessagingError where it does not run."""
    row: Flow = Flow.objects.select_for_update(of=("self",)).get(pk=flow.pk)
    if row.state != "on":
        raise MessagingError(_("The flow does not run."))
    row.state, row.switched_at, row.switched_by = "off", now, actor
    row.save()
    running = FlowRun.objects.filter(flow=row, state="running")
    ids = list(running.values_list("pk", flat=True))
    running.update(state="stopped", ending="switched_off", ended_at=now, next_at=None)
    call_off_all(kind=KIND, subject_kind=SUBJECT, ids=ids)
    audit(kind="messaging.flow_off", actor=actor, subject=("flow", row.pk), now=now)
    return row


def walk(*, now: datetime, limit: int = PER_RUN) -> int:
    """Take every run whose time has come as far as it gets now; return how many moved."""
    moved = 0
    while moved < limit and _walk_one(now):
        moved += 1
    return moved


@transaction.atomic
def _walk_one(now: datetime) -> bool:
    run: FlowRun | None = (
        FlowRun.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("flow", "customer__owner", "customer__project")
        .filter(state="running", next_at__lte=now)
        .order_by("next_at", "pk")
        .first()
    )
    if run is None:
        return False
    ending = _reason_to_stop(run)
    if ending:
        _finish(run, "stopped", ending, now)
        return True
    steps = {step.position: step for step in run.flow.steps.select_related("template")}
    while run.state == "running" and run.next_at is not None and run.next_at <= now:
        step = steps.get(run.position)
        if step is None:
            _finish(run, "done", "finished", now)
        else:
            _take(run, step, now)
    return True


def _reason_to_stop(run: FlowRun) -> str:
    if run.customer.merged_into_id is not None:
        return "gone"
    if Reply.objects.filter(customer=run.customer_id, at__gt=run.started_at).exists():
        return "replied"
    return "withdrawn" if refuses_contact(run.customer_id) else ""


def _take(run: FlowRun, step: FlowStep, now: datetime) -> None:
    """Let one step take effect, write its row, move the run on."""
    outcome = {
        StepKind.WAIT: _wait,
        StepKind.CONDITION: _ask,
        StepKind.MESSAGE: _write,
        StepKind.TASK: _task,
    }[StepKind(step.kind)](run, step, now)
    FlowAct.objects.create(run=run, position=step.position, kind=step.kind, at=now, outcome=outcome)
    if run.state == "running":
        run.position = step.position + 1
        run.save(update_fields=["position", "next_at"])


def _wait(run: FlowRun, step: FlowStep, now: datetime) -> str:
    run.next_at = now + timedelta(hours=step.hours or 0)
    return ""


def _ask(run: FlowRun, step: FlowStep, now: datetime) -> str:
    if holds(step.condition, facts_of(run)):
        return "yes"
    _finish(run, "done", "condition", now)
    return "no"


def facts_of(run: FlowRun) -> Facts:
    """Return what conditions ask about a customer on the way."""
    talks = Interaction.objects.filter(customer=run.customer_id, at__gte=run.started_at)
    visits = talks.filter(channel=Channel.VISIT.value) | talks.filter(result=Result.VISITED.value)
    signed = Purchase.objects.filter(customer=run.customer_id, signed_at__isnull=False)
    return Facts(
        has_visited=visits.exists(),
        has_signed=signed.filter(ended_at=None).exists(),
        is_in_same_stage=run.customer.buying_stage == run.stage,
        has_owner=run.customer.owner_id is not None,
    )


def _write(run: FlowRun, step: FlowStep, now: datetime) -> str:
    template: Any = step.template
    channel = step.channel
    if channel == BEST:
        best = channels_for([run.customer], now=now).get(run.customer_id)
        if best is None:
            return "no_address"
        channel = best.value
    try:
        params = words_for(run.customer, (template.title, template.body), {})
    except LookupError:
        return "value_missing"
    letter = ToAddressee(
        kind=KIND,
        addressee=(ADDRESSEE, run.customer_id),
        channel=channel,
        purpose=template.purpose,
        key=f"flow:{run.pk}:{step.position}",
        params=params,
        subject=(SUBJECT, run.pk),
    )
    send_outside([letter], now=now)
    return channel


def _task(run: FlowRun, step: FlowStep, now: datetime) -> str:
    owner = run.customer.owner
    if owner is None or not owner.is_active:
        return "no_owner"
    entry = TaskEntry(
        title=step.words,
        due_at=now + TASK_WITHIN,
        owner=owner,
        customer=run.customer,
        source=SOURCE,
        source_id=f"{run.pk}:{step.position}",
    )
    try:
        create_task(entry=entry, actor=None, now=now)
    except ValidationError:
        return "refused"
    return "made"


def _finish(run: FlowRun, state: str, ending: str, now: datetime) -> None:
    run.state, run.ending, run.ended_at, run.next_at = state, ending, now, None
    run.save(update_fields=["state", "ending", "ended_at", "next_at"])


def gate(message: Message, now: datetime) -> Later | Refused | None:
    """Hold a message of a flow back once the run was stopped or the customer has answered."""
    run = FlowRun.objects.filter(pk=int(message.subject_id)).first()
    if run is None or run.state == "stopped":
        return Refused(CALLED_OFF)
    said = Reply.objects.filter(customer=run.customer_id, at__gt=run.started_at, at__lte=now)
    return Refused(CALLED_OFF) if said.exists() else None


def note_sent(message: Message, now: datetime) -> None:
    """Write a message of a flow into the timeline of its customer."""
    note_line(message, now)


FAULTS: Final = {
    Fault.EMPTY: lambda: _("Write at least one step."),
    Fault.NO_ACTION: lambda: _("Add a message or a task; a flow of waiting does nothing."),
    Fault.WAITS_LAST: lambda: _("End with a message or a task, not with waiting or a condition."),
    Fault.GAP: lambda: _("Number the steps without a gap."),
}
