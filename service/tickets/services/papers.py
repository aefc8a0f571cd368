"""Files that belong to a ticket; the same file is kept once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.common.files import Taken
from crm_site.staff.models import User
from customers.rules.text import clean_text
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketPaper
from service.tickets.services.events import lock_ticket, write_event

MOST_PAPERS = 40


@transaction.atomic
def attach(
    ticket: Ticket, *, taken: Taken, label: str, actor: User | None, now: datetime
) -> TicketPaper:
    """Keep a file with a ticket and return it; one it has already is returned as it is.

    Raise TicketError above the most files a ticket may hold.
    """
    lock_ticket(ticket)
    values = taken.values()
    known: TicketPaper | None = ticket.papers.filter(digest=values["digest"]).first()
    if known is not None:
        return known
    if ticket.papers.count() >= MOST_PAPERS:
        raise TicketError(_("A ticket holds %(n)s files at most.") % {"n": MOST_PAPERS})
    words = clean_text(label)[:80]
    paper = TicketPaper.objects.create(
        ticket=ticket, label=words, by=actor, stored_at=now, **values
    )
    note = words or paper.name
    write_event(ticket, "paper_added", actor=actor, now=now, note=note, data={"paper": paper.pk})
    return paper
