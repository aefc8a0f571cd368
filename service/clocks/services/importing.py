"""Clocks of tickets that are imported: those too old to be held to a limit get none."""

import datetime as dt
from collections.abc import Sequence

from service.clocks.services.keeping import follow_ticket, is_history
from service.tickets.models import TicketEvent


def follow_imported(events: Sequence[TicketEvent], now: dt.datetime) -> None:
    """Start the clocks of the tickets opened together that are not history at ``now``."""
    for event in events:
        if not is_history(event.ticket, now):
            follow_ticket(event.ticket, event, now)
