"""Opening many tickets at once, as an import does: the same rows, in few statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from crm_site.staff.models import User
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.hooks import follow_imported
from service.tickets.models import Ticket, TicketEvent
from service.tickets.services.opening import unsaved

NEXT_IDS = (
    "SELECT nextval(pg_get_serial_sequence('service_ticket', 'id')) FROM generate_series(1, %s)"
)


@transaction.atomic
def open_many(
    drafts: Sequence[TicketDraft], *, actor: User | None, now: datetime
) -> list[Ticket | TicketError]:
    """Open tickets as ``open_ticket`` does and return for each the ticket or why it was refused.

    They begin when they were received; what follows them acts at ``now``. The caller has left out
    what is known by its source and writes the one audit event; raise IntegrityError where another
    session opened one of them meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [len(drafts)])
        keys = [row[0] for row in cursor.fetchall()]
    found = [_row(one, key, actor, now) for one, key in zip(drafts, keys, strict=True)]
    tickets = [each for each in found if isinstance(each, Ticket)]
    Ticket.objects.bulk_create(tickets)
    events = TicketEvent.objects.bulk_create([_opened(ticket, actor) for ticket in tickets])
    follow_imported(events, now)
    return found


def _row(draft: TicketDraft, key: int, actor: User | None, now: datetime) -> Ticket | TicketError:
    try:
        return unsaved(draft, pk=key, actor=actor, now=now)
    except TicketError as refusal:
        return refusal


def _opened(ticket: Ticket, actor: User | None) -> TicketEvent:
    return TicketEvent(
        ticket=ticket,
        at=ticket.opened_at,
        kind="opened",
        to_state=ticket.state,
        actor=actor,
        data={"source": ticket.source} if ticket.source else {},
    )
