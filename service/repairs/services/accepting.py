"""The owner's word on a repair, and repairs that come back (SVC-99)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_text
from service.repairs.errors import RepairRefusedError
from service.repairs.models import RepairJob, RepairOrder
from service.repairs.rules.steps import Outcome, Stage, Step, may_step
from service.repairs.services.orders import advance, ensure_order, job_of, locked, note_step
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import Answer, TicketKind, TicketState


@transaction.atomic
def accept(*, order: RepairOrder, remark: str, actor: User, now: datetime) -> RepairJob:
    """Note that the owner accepted the repair and return the job; the ticket gets its solution."""
    current = locked(order, Step.ACCEPT)
    job = _decided(current, Outcome.ACCEPTED, clean_text(remark)[:500], now)
    current.accepted_at = now
    advance(current, Step.ACCEPT)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=current.ticket_id)
    ticket.solution = ticket.solution or job.work
    ticket.told_at, ticket.answer = now, Answer.ACCEPTED.value
    ticket.save(update_fields=["solution", "told_at", "answer", "updated_at"])
    note_step(current, Step.ACCEPT, job.remark, actor=actor, now=now)
    return job


@transaction.atomic
def refuse(*, order: RepairOrder, remark: str, actor: User, now: datetime) -> RepairJob:
    """Note that the owner did not accept the repair, which sends it back; return the job.

    Raise RepairRefusedError without the owner's words.
    """
    current = locked(order, Step.REFUSE)
    words = clean_text(remark)[:500]
    if not words:
        raise RepairRefusedError(_("Write down what the owner does not accept."))
    job = _decided(current, Outcome.REFUSED, words, now)
    current.refusals += 1
    advance(current, Step.REFUSE)
    note_step(current, Step.REFUSE, words, actor=actor, now=now)
    return job


@transaction.atomic
def reopen(*, order: RepairOrder, remark: str, actor: User | None, now: datetime) -> RepairOrder:
    """Take an accepted repair up again because the defect came back; return the order."""
    current = locked(order, Step.REOPEN)
    words = clean_text(remark)[:500]
    if not words:
        raise RepairRefusedError(_("Write down what came back."))
    job = job_of(current)
    job.came_back_at = now
    job.save(update_fields=["came_back_at", "updated_at"])
    current.reopened += 1
    current.accepted_at = None
    advance(current, Step.REOPEN)
    note_step(current, Step.REOPEN, words, actor=actor, now=now)
    return current


def follow_ticket(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Give each repair ticket its order, and follow its reopening and its end."""
    if ticket.kind != TicketKind.REPAIR:
        return
    order = ensure_order(ticket, actor=event.actor, now=now)
    stage = Stage(order.stage)
    if event.kind == "reopened" and may_step(stage, Step.REOPEN):
        reopen(order=order, remark=event.note or ticket.subject, actor=event.actor, now=now)
    ended = event.to_state in {TicketState.CANCELLED, TicketState.MERGED}
    if ended and may_step(stage, Step.DROP):
        current = locked(order, Step.DROP)
        advance(current, Step.DROP)
        note_step(current, Step.DROP, event.note, actor=event.actor, now=now)


def closing_gate(ticket: Ticket) -> str | None:
    """Return why a repair ticket cannot be closed yet: the owner has not accepted."""
    if ticket.kind != TicketKind.REPAIR:
        return None
    stage = RepairOrder.objects.filter(ticket=ticket).values_list("stage", flat=True).first()
    if stage in {None, Stage.ACCEPTED, Stage.DROPPED}:
        return None
    return _("The owner has not accepted the repair yet.")


def _decided(order: RepairOrder, outcome: Outcome, words: str, now: datetime) -> RepairJob:
    job = job_of(order)
    job.outcome, job.decided_at, job.remark = outcome.value, now, words
    job.save()
    return job
