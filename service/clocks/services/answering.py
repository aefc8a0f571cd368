"""Noting that the customer was answered, which stops the clocks of the answer (CUS-39, CUS-40)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketEvent
from service.tickets.services.events import lock_ticket, write_event


@transaction.atomic
def note_answer(
    ticket: Ticket, *, note: str, next_step: str, actor: User, now: dt.datetime
) -> TicketEvent:
    """Write what a person told the customer and return the event.

    It stops the first answer and the desk's own limit; with a next step it is a substantive
    follow-up too. Raise TicketError for an ended ticket.
    """
    lock_ticket(ticket)
    if not ticket.is_open:
        raise TicketError(_("The ticket is ended; reopen it to go on."))
    words = [clean_lines(note)]
    if next_step.strip():
        words.append(_("Next step: %(step)s") % {"step": clean_lines(next_step)})
    data = {"clock": "substance" if next_step.strip() else "reached"}
    return write_event(ticket, "noted", actor=actor, now=now, note="\n".join(words), data=data)
