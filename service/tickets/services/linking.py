"""Merging doubles, taking a merge back, splitting one ticket into two, linking."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketLink
from service.tickets.rules import TicketState
from service.tickets.services.events import lock_tickets, write_event
from service.tickets.services.opening import open_ticket
from service.tickets.services.steps import require_open

MERGED, WAITING = TicketState.MERGED.value, TicketState.WAITING.value


@transaction.atomic
def merge(double: Ticket, *, into: Ticket, actor: User, now: datetime) -> Ticket:
    """Let ``into`` stand for ``double`` too and return it; again is no error.

    What hangs on the double stays there and is shown on both. Raise TicketError for the same
    ticket, another project, ended tickets, or a chain of merges.
    """
    if double.pk == into.pk:
        raise TicketError(_("A ticket cannot be merged into itself."))
    lock_tickets(double, into)
    if double.merged_into_id == into.pk:
        return into
    _check_merge(double, into)
    before = double.resume_state if double.state == WAITING else double.state
    double.state, double.resume_state, double.merged_into = MERGED, before, into
    double.waiting_since = None
    double.save(update_fields=["state", "resume_state", "merged_into", "waiting_since"])
    data = {"into": into.pk}
    write_event(
        double, "merged", actor=actor, now=now, note=into.number, states=(before, MERGED), data=data
    )
    write_event(
        into, "merged", actor=actor, now=now, note=double.number, data={"double": double.pk}
    )
    return into


def _check_merge(double: Ticket, into: Ticket) -> None:
    if not (double.is_open and into.is_open):
        raise TicketError(_("Only open tickets are merged."))
    if double.project_id != into.project_id:
        raise TicketError(_("The tickets belong to different projects."))
    if double.merged_tickets.exists():
        raise TicketError(_("Another ticket is merged into this one. Merge the other way round."))


@transaction.atomic
def unmerge(double: Ticket, *, actor: User, now: datetime) -> Ticket:
    """Let a merged ticket stand by itself again, where it was before; return it."""
    into = double.merged_into
    if into is None:
        return double
    lock_tickets(double, into)
    if double.state != MERGED:
        return double
    after = double.resume_state
    double.state, double.resume_state, double.merged_into = after, "", None
    double.save(update_fields=["state", "resume_state", "merged_into"])
    note = into.number
    write_event(double, "unmerged", actor=actor, now=now, note=note, states=(MERGED, after))
    write_event(into, "unmerged", actor=actor, now=now, note=double.number)
    return double


@transaction.atomic
def split(ticket: Ticket, *, draft: TicketDraft, actor: User, now: datetime) -> Ticket:
    """Open a second ticket for a part of this one, linked to it, and return it.

    Customer, unit and contact come along. Raise TicketError for an ended ticket.
    """
    require_open(ticket)
    part = open_ticket(
        replace(
            draft,
            customer=ticket.customer,
            contact_name=ticket.contact_name,
            contact_phone=str(ticket.contact_phone or ""),
            unit=ticket.unit,
            purchase=ticket.purchase,
            first_responder=ticket.first_responder,
        ),
        actor=actor,
        now=now,
    )
    TicketLink.objects.get_or_create(
        ticket=ticket, other=part, defaults={"kind": "split", "by": actor, "at": now}
    )
    write_event(ticket, "split", actor=actor, now=now, note=part.number, data={"other": part.pk})
    return part


@transaction.atomic
def link(ticket: Ticket, *, other: Ticket, kind: str, actor: User, now: datetime) -> TicketLink:
    """Link two tickets and return the link, the one that stands if there is one."""
    if ticket.pk == other.pk:
        raise TicketError(_("A ticket cannot be linked to itself."))
    lock_tickets(ticket, other)
    found: TicketLink | None = TicketLink.objects.filter(ticket=other, other=ticket).first()
    if found is not None:
        return found
    row, is_new = TicketLink.objects.get_or_create(
        ticket=ticket, other=other, defaults={"kind": kind, "by": actor, "at": now}
    )
    if is_new:
        write_event(
            ticket, "linked", actor=actor, now=now, note=other.number, data={"other": other.pk}
        )
        write_event(
            other, "linked", actor=actor, now=now, note=ticket.number, data={"other": ticket.pk}
        )
    return row


@transaction.atomic
def unlink(row: TicketLink, *, actor: User, now: datetime) -> None:
    """Take a link out again; both tickets keep that it was there."""
    lock_tickets(row.ticket, row.other)
    if not TicketLink.objects.filter(pk=row.pk).delete()[0]:
        return
    write_event(row.ticket, "unlinked", actor=actor, now=now, note=row.other.number)
    write_event(row.other, "unlinked", actor=actor, now=now, note=row.ticket.number)
