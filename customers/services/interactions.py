"""Logging what was said with a customer, and everything that follows from it (CUS-44)."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from crm_site.audit import services as audit
from crm_site.staff.models import User
from customers.models import Customer, Interaction, Lead, Task
from customers.rules.axes import (
    CaseStage,
    Channel,
    LeadState,
    Mood,
    Result,
    TaskKind,
    may_lead_move,
)
from customers.rules.days import SKEW, end_of_day
from customers.rules.followups import Talk, stopped_by
from customers.services import clocks, leads
from customers.services.contact_stop import require_contact
from customers.services.grading import grade_soon
from customers.services.journey import note_talk
from customers.services.tasks import TaskEntry, complete_task, create_task
from customers.task_gates import gated_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionEntry:
    """One talk as somebody writes it down.

    ``at`` is when it took place (default: now); ``next_at`` with ``next_step`` plans the next
    contact over ``next_channel``. Without a ``lead`` the customer's newest open one is meant.
    """

    channel: Channel
    result: Result | None
    content: str
    mood: Mood | None = None
    intent: int | None = None
    next_step: str = ""
    next_at: dt.datetime | None = None
    next_channel: Channel | None = None
    at: dt.datetime | None = None
    lead: Lead | None = None
    is_automatic: bool = False


@transaction.atomic
def log_interaction(
    *, customer: Customer, entry: InteractionEntry, actor: User | None, now: dt.datetime
) -> Interaction:
    """Log a talk and return it; stops clocks, moves the lead, finishes due tasks, plans the next.

    A clock counts as stopped when the talk is logged: a time written down afterwards proves
    nothing. Raise ValidationError, by field, for an entry without result or content, a talk in the
    future, and a next contact that is not later than now or that the customer refuses; nothing is
    changed then.
    """
    _validate(entry, now)
    if entry.next_at is not None:
        require_contact(customer.pk, kind=TaskKind.FOLLOW_UP, field="next_at")
    # Customer before lead before clocks, as everywhere: two who write at once wait, never deadlock.
    locked = Customer.objects.select_for_update(no_key=True, of=("self",))
    customer = locked.only("name", "owner").get(pk=customer.pk)
    lead = _locked_lead(customer, entry.lead)
    interaction = Interaction.objects.create(
        customer=customer,
        lead=lead,
        channel=entry.channel.value,
        result=entry.result.value if entry.result else "",
        content=entry.content.strip(),
        mood=entry.mood.value if entry.mood else "",
        intent=entry.intent,
        next_step=entry.next_step.strip(),
        next_at=entry.next_at,
        is_automatic=entry.is_automatic,
        at=entry.at or now,
        author=actor,
    )
    _touch_customer(interaction, now)
    note_talk(interaction, actor=actor)
    _finish_due(interaction, actor=actor, now=now)
    if lead is not None:
        _advance_lead(lead, interaction, actor=actor, now=now)
    if entry.next_at is not None:
        _plan_next(interaction, entry, actor=actor, now=now)
    audit.record(
        kind="interaction.logged",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"interaction": interaction.pk, "channel": interaction.channel},
        now=now,
    )
    grade_soon(customer.pk)
    return interaction


def _validate(entry: InteractionEntry, now: dt.datetime) -> None:
    errors: dict[str, str] = {}
    if entry.result is None:
        errors["result"] = _("Choose the result.")
    if not entry.content.strip():
        errors["content"] = _("Write down what was said.")
    if entry.at is not None and entry.at > now + SKEW:
        errors["at"] = _("The talk cannot lie in the future.")
    if entry.next_at is not None and entry.next_at <= now:
        errors["next_at"] = _("Choose a time later than now for the next contact.")
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]


def _locked_lead(customer: Customer, named: Lead | None) -> Lead | None:
    """Return the lead the talk is about: the named one, else the newest open one."""
    leads = Lead.objects.filter(customer=customer).select_for_update(no_key=True, of=("self",))
    found: Lead | None
    if named is not None:
        found = leads.get(pk=named.pk)
    else:
        found = leads.open().order_by("-received_at", "-pk").first()
    return found


def _talk(interaction: Interaction) -> Talk:
    return Talk(
        channel=Channel(interaction.channel),
        result=Result(interaction.result),
        content=interaction.content,
        has_next_step=bool(interaction.next_step or interaction.next_at),
        is_automatic=interaction.is_automatic,
    )


def _touch_customer(interaction: Interaction, now: dt.datetime) -> None:
    """Set when the customer was last in contact with a person, and how strong the intent is."""
    values: dict[str, object] = {"updated_at": now}
    if stopped_by(_talk(interaction)):
        at = interaction.at
        values["last_contact_at"] = Greatest(Coalesce(F("last_contact_at"), at), at)
    if interaction.intent is not None:
        values["intent"] = interaction.intent
    Customer.objects.filter(pk=interaction.customer_id).update(**values)


def _advance_lead(
    lead: Lead, interaction: Interaction, *, actor: User | None, now: dt.datetime
) -> None:
    """Stop the lead's clocks and move it on, where the talk is one that does."""
    stopped = stopped_by(_talk(interaction))
    if not stopped:
        return
    clocks.meet_all(lead=lead, kinds=stopped, at=now)
    came = interaction.result == Result.VISITED.value
    target = LeadState.VISITED if came else LeadState.CONTACTED
    if may_lead_move(LeadState(lead.state), target):
        leads.move_lead(lead=lead, to=target, reason="", actor=actor, now=now)
    if CaseStage.COLLECT_NEED.value not in lead.stages:
        leads.stamp_stage(lead=lead, stage=CaseStage.COLLECT_NEED, actor=actor, now=now)


def _finish_due(interaction: Interaction, *, actor: User | None, now: dt.datetime) -> None:
    """Finish the author's contact tasks due by today: this talk was what they asked for."""
    if actor is None or not stopped_by(_talk(interaction)):
        return
    kinds = [TaskKind.FOLLOW_UP.value, TaskKind.CALL.value]
    if interaction.result == Result.VISITED.value:
        kinds.append(TaskKind.VISIT.value)
    due = Task.objects.open().filter(
        customer=interaction.customer_id, owner=actor, kind__in=kinds, due_at__lt=end_of_day(now)
    )
    due = due.exclude(source__in=gated_sources())
    for task in due.exclude(source="interaction", source_id=str(interaction.pk)):
        complete_task(task=task, outcome=interaction.content[:500], actor=actor, now=now)


def _plan_next(
    interaction: Interaction, entry: InteractionEntry, *, actor: User | None, now: dt.datetime
) -> Task | None:
    """Make the task of the next contact: for the customer's owner, else for the author."""
    owner = interaction.customer.owner or actor
    if owner is None or interaction.next_at is None:
        return None
    kinds = {Channel.PHONE: TaskKind.CALL, Channel.VISIT: TaskKind.VISIT}
    kind = (
        kinds.get(entry.next_channel, TaskKind.FOLLOW_UP)
        if entry.next_channel
        else (TaskKind.VISIT if entry.result is Result.VISIT_BOOKED else TaskKind.FOLLOW_UP)
    )
    return create_task(
        entry=TaskEntry(
            title=interaction.next_step or _("Contact the customer again"),
            due_at=interaction.next_at,
            owner=owner,
            customer=interaction.customer,
            lead=interaction.lead,
            kind=kind,
            source="interaction",
            source_id=str(interaction.pk),
        ),
        actor=actor,
        now=now,
    )
