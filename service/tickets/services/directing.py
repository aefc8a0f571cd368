"""Directives of head office: it watches and directs, the desk answers and acts (SVC-34)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketDirective
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.transferring import leads_of

DIRECTED = "ticket.directed"


@transaction.atomic
def direct(
    ticket: Ticket, *, text: str, due_at: datetime, actor: User, now: datetime
) -> TicketDirective:
    """Write a directive on an open ticket and return it; it holds up closing until answered.

    Raise TicketError without words, for a time that is over, or on an ended ticket.
    """
    lock_ticket(ticket)
    if not ticket.is_open:
        raise TicketError(_("The ticket is ended; there is nothing left to direct."))
    words = clean_lines(text)[:2000]
    if not words:
        raise TicketError(_("Say what is to be done."))
    if due_at <= now:
        raise TicketError(_("The time is over already; choose a later one."))
    directive = TicketDirective.objects.create(
        ticket=ticket, text=words, by=actor, at=now, due_at=due_at
    )
    data = {"directive": directive.pk}
    write_event(ticket, "directed", actor=actor, now=now, note=words, data=data)
    people = {each.pk: each for each in leads_of(ticket)}
    if ticket.responsible is not None:
        people[ticket.responsible.pk] = ticket.responsible
    send_many(
        [
            Outgoing(
                kind=DIRECTED,
                recipient=person,
                key=f"{DIRECTED}:{directive.pk}:{pk}",
                params={"number": ticket.number},
                subject=("ticket", ticket.pk),
            )
            for pk, person in people.items()
        ],
        now=now,
    )
    return directive


@transaction.atomic
def answer_directive(
    directive: TicketDirective, *, answer: str, actor: User, now: datetime
) -> TicketDirective:
    """Answer a directive and return it; one that is answered keeps its first answer.

    Raise TicketError without words.
    """
    ticket: Ticket = directive.ticket
    lock_ticket(ticket)
    directive.refresh_from_db()
    if directive.answered_at is not None:
        raise TicketError(_("The directive was answered meanwhile. Read that answer first."))
    words = clean_lines(answer)[:2000]
    if not words:
        raise TicketError(_("Say what was done."))
    directive.answer, directive.answered_by, directive.answered_at = words, actor, now
    directive.save(update_fields=["answer", "answered_by", "answered_at"])
    data = {"directive": directive.pk}
    write_event(ticket, "directive_answered", actor=actor, now=now, note=words, data=data)
    return directive
