"""Clocks of tickets that are imported: those too old to be held to a limit get none."""

import datetime as dt
from collections.abc import Sequence

from service.clocks.services.keeping import follow_ticket
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import is_history


def follow_imported(events: Sequence[TicketEvent], now: dt.datetime) -> None:
    """Start the clocks of the tickets opened together that are not history at ``now``."""
    for event in events:
        if not _owes_nothing(event.ticket, now):
            follow_ticket(event.ticket, event, now)


def _owes_nothing(ticket: Ticket, now: dt.datetime) -> bool:
    return is_history(
        ticket.channel, received_at=ticket.opened_at, occurred_on=ticket.occurred_on, now=now
    )
