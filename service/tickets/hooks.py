"""What other parts add to tickets: what follows an event, what hinders closing, panels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from crm_site.common.navigation import Label
from crm_site.staff.models import User
from service.tickets.models import Ticket, TicketEvent

TicketFollowUp = Callable[[Ticket, TicketEvent, datetime], None]
TicketsFollowUp = Callable[[Sequence[TicketEvent], datetime], None]
ClosingGate = Callable[[Ticket], str | None]
PanelContext = Callable[[HttpRequest, Ticket], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class TicketTab:
    """A panel on the page of a ticket; ``context`` returns what the template needs, or ``None``.

    The template is rendered with ``ticket`` and that mapping.
    """

    name: str
    label: Label
    order: int
    template: str
    context: PanelContext
    right: str = "service.view_tickets"


_follow_ups: dict[str, TicketFollowUp] = {}
_of_many: dict[str, TicketsFollowUp] = {}
_gates: dict[str, ClosingGate] = {}
_tabs: dict[str, TicketTab] = {}


def register_ticket_follow_up(name: str, run: TicketFollowUp) -> None:
    """Let ``run`` act after every event of a ticket, in its transaction; again replaces it."""
    _follow_ups[name] = run


def forget_ticket_follow_up(name: str) -> None:
    """Take a follow-up out again."""
    _follow_ups.pop(name, None)


def follow_ticket(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Run what follows an event of a ticket."""
    for run in list(_follow_ups.values()):
        run(ticket, event, now)


def register_import_follow_up(name: str, run: TicketsFollowUp) -> None:
    """Let ``run`` act once for many tickets opened together, in place of the follow-up ``name``."""
    _of_many[name] = run


def follow_imported(events: Sequence[TicketEvent], now: datetime) -> None:
    """Run what follows the opening of many tickets at ``now``, which may be long after it."""
    for name, run in list(_follow_ups.items()):
        of_many = _of_many.get(name)
        if of_many is not None:
            of_many(events, now)
            continue
        for event in events:
            run(event.ticket, event, now)


def register_closing_gate(name: str, gate: ClosingGate) -> None:
    """Let ``gate`` hinder closing: it returns what is missing in words, or ``None``."""
    _gates[name] = gate


def forget_closing_gate(name: str) -> None:
    """Take a gate out again."""
    _gates.pop(name, None)


def hindrances(ticket: Ticket) -> list[str]:
    """Return what other parts hold against closing ``ticket``."""
    return [said for gate in list(_gates.values()) if (said := gate(ticket))]


def register_ticket_tab(tab: TicketTab) -> None:
    """Show a panel on every ticket; again replaces it."""
    _tabs[tab.name] = tab


def tabs_of_ticket(user: User) -> list[TicketTab]:
    """Return the panels ``user`` may see, in order."""
    tabs = sorted(_tabs.values(), key=lambda tab: tab.order)
    return [tab for tab in tabs if user.has_perm(tab.right)]
