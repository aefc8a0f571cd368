"""Writing what happens to a ticket; every change of a ticket goes through here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from crm_site.audit.services import record
from crm_site.staff.models import User
from service.tickets.hooks import follow_ticket
from service.tickets.models import Ticket, TicketEvent

OPENED = "opened"
AUDITED = frozenset(
    {OPENED, "assigned", "transfer_accepted", "merged", "unmerged", "reopened", "directed"}
)


def lock_ticket(ticket: Ticket) -> None:
    """Lock the row of ``ticket`` until the end of the transaction and read it anew."""
    Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket.pk).values("pk").get()
    ticket.refresh_from_db()


def lock_tickets(*tickets: Ticket) -> None:
    """Lock several tickets in the order of their keys and read them anew."""
    for ticket in sorted(tickets, key=lambda each: each.pk):
        lock_ticket(ticket)


def write_event(  # noqa: PLR0913 -- the columns of a row
    ticket: Ticket,
    kind: str,
    *,
    actor: User | None,
    now: datetime,
    note: str = "",
    states: tuple[str, str] = ("", ""),
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> TicketEvent:
    """Write an event of a locked ticket, raise its version and run what follows; return it.

    ``at`` is when it happened, where that was before ``now``.
    """
    event = TicketEvent.objects.create(
        ticket=ticket,
        at=at or now,
        kind=kind,
        from_state=states[0],
        to_state=states[1],
        note=note,
        actor=actor,
        data=dict(data or {}),
    )
    if kind != OPENED:  # written a moment ago, and seen by nobody yet
        Ticket.objects.filter(pk=ticket.pk).update(version=F("version") + 1, updated_at=now)
        ticket.version += 1
    if kind in AUDITED or states[1] == "closed":
        record(
            kind="ticket.closed" if states[1] == "closed" else f"ticket.{kind}",
            actor=actor,
            subject=("ticket", ticket.pk),
            facts={"number": ticket.number},
            now=now,
        )
    follow_ticket(ticket, event, now)
    return event
