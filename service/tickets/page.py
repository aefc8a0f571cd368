"""What the page of a ticket shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.staff.models import User
from customers.forms import RevealForm
from customers.selectors.history import TimelineItem
from service.tickets import hooks
from service.tickets.choices import PARTS, STATES
from service.tickets.models import Ticket, TicketEvent, TicketTransfer
from service.tickets.phones import may_reveal, phone_for, sees_phone
from service.tickets.rules import CLOSING_PARTS, PATHS, TicketKind, TicketState
from service.tickets.services.moving import present_parts
from service.tickets.step_table import main_step, offered_steps

WORK, LEAD, DIRECT = (
    "service.work_tickets",
    "service.lead_tickets",
    "service.direct_tickets",
)
WORDS = dict(STATES)
EVENTS_SHOWN = 200
ICONS = {
    "opened": "flag",
    "assigned": "users",
    "noted": "edit",
    "edited": "edit",
    "waiting": "pause",
    "told": "msg",
    "answered": "headset",
    "called_back": "phone",
    "directed": "alert",
    "merged": "layers",
    "split": "swap",
    "reopened": "refresh",
    "paper_added": "file",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A state of the path: who reached it and when, whether the ticket is there now."""

    label: str
    is_done: bool
    is_current: bool
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """One of the parts closing needs, and whether it is there."""

    label: str
    is_there: bool


def path_of(ticket: Ticket, events: list[TicketEvent]) -> list[Stop]:
    """Return the path of a ticket: each step with the person and time that reached it (SVC-27).

    ``events`` are those that changed its state, oldest first.
    """
    path = PATHS[TicketKind(ticket.kind)]
    stamps = {event.to_state: event for event in events}
    at = _place(ticket, path, events)
    ended = ticket.state == TicketState.CLOSED
    is_over = ticket.state == TicketState.CANCELLED
    stops = []
    for place, state in enumerate(path):
        event = stamps.get(state.value) if place <= at else None
        stops.append(
            Stop(
                label=str(WORDS[state.value]),
                is_done=place < at or (ended and place == at),
                is_current=place == at and not ended and not is_over,
                at=event.at if event else None,
                by=event.actor.name if event and event.actor else "",
            )
        )
    return stops


def _place(ticket: Ticket, path: tuple[TicketState, ...], events: list[TicketEvent]) -> int:
    """Return how far a ticket is; a reopened one is where work starts, a cancelled one stayed."""
    here = ticket.resume_state or ticket.state
    if here in path:
        return path.index(TicketState(here))
    if here == TicketState.CANCELLED:
        reached = [event.to_state for event in events if event.to_state in path]
        return path.index(TicketState(reached[-1])) if reached else 0
    return path.index(TicketState.ASSIGNED)


def timeline(events: list[TicketEvent]) -> list[tuple[date, list[TimelineItem]]]:
    """Return the events by day as the timeline draws them; they come and go newest first."""
    days: dict[date, list[TimelineItem]] = {}
    for event in events:
        title = event.get_kind_display()
        if event.to_state and event.kind == "moved":
            title = str(WORDS[event.to_state])
        day = timezone.localtime(event.at).date()
        item = TimelineItem(
            kind="ticket",
            icon=ICONS.get(event.kind, "go"),
            tone="amber" if event.kind in {"directed", "reopened"} else "",
            title=title,
            at=event.at,
            text=event.note,
            meta=(event.actor.name if event.actor else _("System"),),
        )
        days.setdefault(day, []).append(item)
    return list(days.items())


def phone_context(user: User, ticket: Ticket) -> dict[str, Any]:
    """Return what the number of whoever reported shows, and whether more may be asked for."""
    may_ask = bool(ticket.contact_phone) and not sees_phone(user, ticket)
    return {
        "phone": phone_for(user, ticket),
        "may_reveal": may_ask and may_reveal(user, ticket),
        "reveal_form": SimpleLazyObject(RevealForm),
    }


def parts_of(ticket: Ticket) -> list[PartLine]:
    """Return the parts that closing needs, each with whether it is there (SVC-05)."""
    there = present_parts(ticket)
    return [
        PartLine(str(PARTS[part.value]), part in there)
        for part in CLOSING_PARTS[TicketKind(ticket.kind)]
    ]


def panels_of(request: HttpRequest, ticket: Ticket, user: User) -> list[dict[str, Any]]:
    """Return what other parts show on the page: label and drawn panel."""
    found = []
    for tab in hooks.tabs_of_ticket(user):
        values = tab.context(request, ticket)
        if values is None:
            continue
        body = render_to_string(tab.template, {"ticket": ticket, **values}, request=request)
        found.append({"name": tab.name, "label": tab.label, "body": body})
    return found


def context_of(
    request: HttpRequest, ticket: Ticket, *, user: User, now: datetime
) -> dict[str, Any]:
    """Return everything the page of a ticket shows."""
    rows = ticket.events.select_related("actor")
    latest = list(rows.order_by("-at", "-pk")[:EVENTS_SHOWN])
    moves = list(rows.exclude(to_state="").order_by("at", "pk"))
    callbacks = list(ticket.callbacks.select_related("by").order_by("-at", "-pk"))
    has_callback = any(each.round == ticket.reopened for each in callbacks)
    may_work = user.has_perm(WORK)
    main = main_step(ticket, has_callback=has_callback) if may_work else None
    return {
        "ticket": ticket,
        "now": now,
        **phone_context(user, ticket),
        "stops": path_of(ticket, moves),
        "days": timeline(latest),
        "are_earlier": len(latest) == EVENTS_SHOWN,
        "main": main,
        "steps": offered_steps(ticket, user, main=main) if may_work else [],
        "parts": parts_of(ticket),
        "hindrances": hooks.hindrances(ticket) if ticket.is_open else [],
        "callbacks": callbacks,
        "tasks": list(ticket.tasks.select_related("owner", "ended_by")),
        "transfer": transfer_of(ticket),
        "directives": list(ticket.directives.select_related("by", "answered_by")),
        "links": links_of(ticket, user),
        "doubles": list(ticket.merged_tickets.visible_to(user).order_by("pk")),
        "papers": list(ticket.papers.defer("content").select_related("by")),
        "panels": panels_of(request, ticket, user),
        "may_work": may_work,
        "may_lead": user.has_perm(LEAD),
        "may_direct": user.has_perm(DIRECT),
        "is_late": _is_late(ticket, now),
    }


def transfer_of(ticket: Ticket) -> TicketTransfer | None:
    """Return the offer of an open ticket that nobody answered yet."""
    if not ticket.is_open:
        return None
    rows = ticket.transfers.filter(state="asked").select_related("taker")
    found: TicketTransfer | None = rows.first()
    return found


def links_of(ticket: Ticket, user: User) -> list[dict[str, Any]]:
    """Return the tickets linked with this one that ``user`` sees, whichever way round."""
    seen = Ticket.objects.visible_to(user).values("pk")
    to = ticket.links.filter(other__in=seen).select_related("other")
    of = ticket.linked_from.filter(ticket__in=seen).select_related("ticket")
    found = [{"row": row, "other": row.other} for row in to]
    return found + [{"row": row, "other": row.ticket} for row in of]


def quick_views(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the usual cuts of the list as links, the one shown marked."""
    here = request.GET.urlencode()
    cuts = (
        ("", _("All")),
        ("mine=true&open=true", _("Mine")),
        ("my_tasks=true", _("My sub-tasks")),
        ("open=true", _("Open")),
        ("due=late", _("Overdue")),
        ("due=today", pgettext("ticket", "Due today")),
        ("urgency=urgent&open=true", _("Urgent")),
        ("state=closed", _("Closed")),
    )
    url = reverse("service:ticket-list")
    return [
        {"url": f"{url}?{query}" if query else url, "label": label, "current": query == here}
        for query, label in cuts
    ]


def _is_late(ticket: Ticket, now: datetime) -> bool:
    if not ticket.is_open:
        return False
    step = None if ticket.state == TicketState.WAITING else ticket.step_due_at
    return any(limit is not None and limit < now for limit in (ticket.due_at, step))
