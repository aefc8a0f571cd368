"""Feedback of tickets that are imported, in one statement (SVC-44)."""

from collections.abc import Sequence
from datetime import datetime

from customers.rules.text import clean_lines
from service.desk.models import Feedback
from service.desk.services.feedback import WAY_OF
from service.tickets.models import TicketEvent


def follow_imported(events: Sequence[TicketEvent], _now: datetime) -> None:
    """Count the complaints and suggestions opened together as feedback, each once."""
    rows = [
        Feedback(
            way=WAY_OF[event.ticket.kind],
            at=event.ticket.opened_at,
            text=clean_lines(event.ticket.subject)[:2000],
            customer=event.ticket.customer,
            project=event.ticket.project,
            source_kind="ticket",
            source_id=str(event.ticket.pk),
            author=event.actor,
        )
        for event in events
        if event.ticket.kind in WAY_OF
    ]
    Feedback.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
