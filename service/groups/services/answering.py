"""Working on a group complaint: representatives, the common plan, its board, one answer to all."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text
from service.groups.errors import GroupError
from service.groups.models import GroupRepresentative, GroupStep
from service.groups.services.deciding import GROUP
from service.tickets.models import Ticket
from service.tickets.services.events import lock_ticket, lock_tickets, write_event


@transaction.atomic
def name_representative(member: Ticket, *, actor: User, now: datetime) -> GroupRepresentative:
    """Let a member speak for its group and return that; named twice it stays as it is.

    Raise GroupError for a ticket in no group.
    """
    lock_ticket(member)
    if member.group_id is None:
        raise GroupError(_("The ticket is in no group any more."))
    found, _made = GroupRepresentative.objects.get_or_create(
        member=member, defaults={"ticket_id": member.group_id, "named_at": now, "named_by": actor}
    )
    return found


@transaction.atomic
def write_plan(group: Ticket, *, text: str, actor: User, now: datetime) -> Ticket:
    """Write the common plan of a group and return the group; raise GroupError without words."""
    words = clean_lines(text)[:4000]
    _open_group(group)
    if not words:
        raise GroupError(_("Write the plan first."))
    group.plan = words
    group.save(update_fields=["plan"])
    write_event(group, "planned", actor=actor, now=now, note=words)
    return group


@transaction.atomic
def add_step(
    group: Ticket, *, title: str, due_on: date | None, actor: User, now: datetime
) -> GroupStep:
    """Add a line to the progress board and return it; raise GroupError for an ended group."""
    _open_group(group)
    words = clean_text(title)[:120]
    if not words:
        raise GroupError(_("Say what is to be done."))
    step: GroupStep = GroupStep.objects.create(ticket=group, title=words, due_on=due_on, by=actor)
    write_event(group, "noted", actor=actor, now=now, note=words)
    return step


@transaction.atomic
def finish_step(step: GroupStep, *, actor: User, now: datetime) -> GroupStep:
    """Tick a line of the board and return it; raise GroupError where it is, or the group ended."""
    _open_group(step.ticket)
    done = GroupStep.objects.filter(pk=step.pk, done_at=None)
    if not done.update(done_at=now, done_by=actor):
        raise GroupError(_("The step is done already."))
    step.refresh_from_db()
    words = _("Done: %(step)s") % {"step": step.title}
    write_event(step.ticket, "noted", actor=actor, now=now, note=words)
    return step


@transaction.atomic
def answer_all(group: Ticket, *, text: str, actor: User, now: datetime) -> int:
    """Give every open member the same answer and return how many were told.

    Each member keeps its own ticket: the answer becomes its solution and it counts as told; what a
    member answers and the callback stay its own. Raise GroupError without words or members.
    """
    words = clean_lines(text)[:4000]
    if not words:
        raise GroupError(_("Write the answer first."))
    members = list(Ticket.objects.open().filter(group=group).order_by("pk"))
    if not members:
        raise GroupError(_("The group has no open member to answer."))
    lock_tickets(group, *members)
    if not group.is_open:
        raise GroupError(_("The group complaint is ended; open a new one."))
    members = [each for each in members if each.is_open and each.group_id == group.pk]
    for ticket in (group, *members):
        ticket.solution, ticket.told_at = words, now
        ticket.save(update_fields=["solution", "told_at"])
        write_event(ticket, "told", actor=actor, now=now, note=words, data={"group": group.number})
    record(
        kind="group.answered",
        actor=actor,
        subject=("ticket", group.pk),
        facts={"members": len(members)},
        now=now,
    )
    return len(members)


def _open_group(group: Ticket) -> None:
    lock_ticket(group)
    if group.kind != GROUP or not group.is_open:
        raise GroupError(_("The group complaint is ended; open a new one."))
