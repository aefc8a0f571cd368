"""Opening many tickets at once, as an import does: the same rows, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from crm_site.staff.models import User
from customers.rules.followups import IMPORT_HORIZON
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.hooks import follow_imported
from service.tickets.models import Ticket, TicketEvent
from service.tickets.services.opening import unsaved

NEXT_IDS = (
    "SELECT nextval(pg_get_serial_sequence('service_ticket', 'id')) FROM generate_series(1, %s)"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket as another system had it, and when it came in there."""

    draft: TicketDraft
    at: datetime


@transaction.atomic
def open_many(
    arrivals: Sequence[Arrival], *, actor: User | None, now: datetime
) -> list[Ticket | TicketError]:
    """Open tickets as ``open_ticket`` does and return for each the ticket or why it was refused.

    They begin when they came in; what follows them acts at ``now``. What is too old to be held to
    a limit gets none. The caller has left out what is known by its source and writes the one audit
    event; raise IntegrityError where another session opened one of them meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [len(arrivals)])
        keys = [row[0] for row in cursor.fetchall()]
    found = [_row(one, key, actor, now) for one, key in zip(arrivals, keys, strict=True)]
    tickets = [each for each in found if isinstance(each, Ticket)]
    Ticket.objects.bulk_create(tickets)
    events = TicketEvent.objects.bulk_create([_opened(ticket, actor) for ticket in tickets])
    follow_imported(events, now)
    return found


def _row(one: Arrival, key: int, actor: User | None, now: datetime) -> Ticket | TicketError:
    try:
        row = unsaved(one.draft, pk=key, actor=actor, at=one.at)
    except TicketError as refusal:
        return refusal
    happened = one.draft.occurred_on or timezone.localdate(one.at)
    if happened < timezone.localdate(now - IMPORT_HORIZON):
        row.step_due_at = None
    return row


def _opened(ticket: Ticket, actor: User | None) -> TicketEvent:
    return TicketEvent(
        ticket=ticket,
        at=ticket.opened_at,
        kind="opened",
        to_state=ticket.state,
        actor=actor,
        data={"source": ticket.source} if ticket.source else {},
    )
