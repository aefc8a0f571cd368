"""Sub-tasks of departments: a ticket cannot close before they are done (SVC-33)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketTask
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.steps import require_open

GIVEN = "ticket.task_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """What a department is to do, who there, and by when."""

    title: str
    department: str
    owner: User | None = None
    due_at: datetime | None = None


@transaction.atomic
def give_task(ticket: Ticket, *, plan: TaskPlan, actor: User, now: datetime) -> TicketTask:
    """Give a department a sub-task of an open ticket and return it.

    Raise TicketError without words or with a time that is over.
    """
    require_open(ticket)
    title = clean_text(plan.title)[:200]
    if not title:
        raise TicketError(_("Say what is to be done."))
    if plan.due_at is not None and plan.due_at <= now:
        raise TicketError(_("The time is over already; choose a later one."))
    task = TicketTask.objects.create(
        ticket=ticket,
        title=title,
        department=plan.department,
        owner=plan.owner,
        due_at=plan.due_at,
        given_by=actor,
        given_at=now,
    )
    write_event(ticket, "task_given", actor=actor, now=now, note=title, data={"task": task.pk})
    if plan.owner is not None:
        outgoing = Outgoing(
            kind=GIVEN,
            recipient=plan.owner,
            key=f"{GIVEN}:{task.pk}",
            params={"number": ticket.number},
            subject=("ticket", ticket.pk),
        )
        send_many([outgoing], now=now)
    return task


@transaction.atomic
def end_task(
    task: TicketTask, *, result: str, is_done: bool, actor: User, now: datetime
) -> TicketTask:
    """Note that a sub-task is done, or dropped, with its result and return it.

    One already ended stays as it is. Raise TicketError without words.
    """
    ticket: Ticket = task.ticket
    lock_ticket(ticket)
    task.refresh_from_db()
    if task.state != "open":
        return task
    words = clean_lines(result)[:2000]
    if not words:
        raise TicketError(_("Say what came of it."))
    task.state, task.result = ("done" if is_done else "dropped"), words
    task.ended_by, task.ended_at = actor, now
    task.save(update_fields=["state", "result", "ended_by", "ended_at"])
    note = f"{task.title}: {words}"
    write_event(
        ticket, f"task_{task.state}", actor=actor, now=now, note=note, data={"task": task.pk}
    )
    return task
