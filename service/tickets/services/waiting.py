"""Waiting for the customer: a state beside the way, from which the ticket comes back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.errors import TicketError
from service.tickets.models import Ticket
from service.tickets.rules import TicketState
from service.tickets.services.events import lock_ticket, write_event

WAITING = TicketState.WAITING.value


@transaction.atomic
def wait_for_customer(
    ticket: Ticket, *, actor: User | None, now: datetime, note: str = ""
) -> Ticket:
    """Let an open ticket wait for the customer and return it; one that waits stays as it is.

    Raise TicketError for a ticket that is ended.
    """
    lock_ticket(ticket)
    if ticket.state == WAITING:
        return ticket
    if not ticket.is_open:
        raise TicketError(_("The ticket is ended; nobody has to be waited for."))
    before = ticket.state
    ticket.resume_state, ticket.state, ticket.waiting_since = before, WAITING, now
    ticket.save(update_fields=["resume_state", "state", "waiting_since"])
    note = clean_lines(note)
    write_event(ticket, "waiting", actor=actor, now=now, note=note, states=(before, WAITING))
    return ticket


@transaction.atomic
def customer_answered(
    ticket: Ticket, *, actor: User | None, now: datetime, note: str = ""
) -> Ticket:
    """Take a waiting ticket back to where it was and return it; others stay as they are.

    The limit of its step moves on by as long as it waited.
    """
    lock_ticket(ticket)
    if ticket.state != WAITING:
        return ticket
    after, since = ticket.resume_state, ticket.waiting_since
    ticket.state, ticket.resume_state, ticket.waiting_since = after, "", None
    if ticket.step_due_at is not None and since is not None:
        ticket.step_due_at += now - since
    ticket.save(update_fields=["state", "resume_state", "waiting_since", "step_due_at"])
    note = clean_lines(note)
    write_event(ticket, "resumed", actor=actor, now=now, note=note, states=(WAITING, after))
    return ticket
