"""What the page of a ticket shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from crm_site.staff.rules.organisation import PhoneAccess
from customers.masking import EMPTY, HIDDEN, number_for
from customers.rules.phones import mask_phone
from customers.selectors.history import TimelineItem
from service.tickets import hooks
from service.tickets.choices import PARTS, STATES
from service.tickets.models import Ticket, TicketEvent
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
    """Return the path of a ticket: each step with the person and time that reached it (SVC-27)."""
    path = PATHS[TicketKind(ticket.kind)]
    stamps = {event.to_state: event for event in events if event.to_state}
    here = ticket.resume_state or ticket.state
    at = path.index(TicketState(here)) if here in path else _worked(path)
    ended = ticket.state == TicketState.CLOSED
    stops = []
    for place, state in enumerate(path):
        event = stamps.get(state.value) if place <= at else None
        stops.append(
            Stop(
                label=str(WORDS[state.value]),
                is_done=place < at or (ended and place == at),
                is_current=place == at and not ended,
                at=event.at if event else None,
                by=event.actor.name if event and event.actor else "",
            )
        )
    return stops


def _worked(path: tuple[TicketState, ...]) -> int:
    """Return where a ticket stands that was reopened: where work starts."""
    return path.index(TicketState.ASSIGNED)


def timeline(events: list[TicketEvent]) -> list[tuple[date, list[TimelineItem]]]:
    """Return the events by day, newest first, as the timeline draws them."""
    days: dict[date, list[TimelineItem]] = {}
    for event in reversed(events):
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


def phone_for(user: User, ticket: Ticket) -> str:
    """Return the number of whoever reported as ``user`` sees it; ``--`` without one."""
    if not ticket.contact_phone:
        return EMPTY
    if ticket.customer is not None:
        return number_for(user, ticket.customer, str(ticket.contact_phone))
    if user.role_definition.phone is PhoneAccess.NONE:
        return HIDDEN
    return mask_phone(str(ticket.contact_phone))


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
    rows = ticket.events.select_related("actor").order_by("at", "pk")
    events = list(rows[:EVENTS_SHOWN])
    callbacks = list(ticket.callbacks.select_related("by").order_by("-at", "-pk"))
    has_callback = any(each.round == ticket.reopened for each in callbacks)
    may_work = user.has_perm(WORK)
    main = main_step(ticket, has_callback=has_callback) if may_work else None
    return {
        "ticket": ticket,
        "now": now,
        "phone": phone_for(user, ticket),
        "stops": path_of(ticket, events),
        "days": timeline(events),
        "main": main,
        "steps": offered_steps(ticket, user, main=main) if may_work else [],
        "parts": parts_of(ticket),
        "hindrances": hooks.hindrances(ticket) if ticket.is_open else [],
        "callbacks": callbacks,
        "tasks": list(ticket.tasks.select_related("owner", "ended_by")),
        "transfer": ticket.transfers.filter(state="asked").select_related("taker").first(),
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
        ("open=true", _("Open")),
        ("overdue=true", _("Overdue")),
        ("urgency=urgent&open=true", _("Urgent")),
        ("state=closed", _("Closed")),
    )
    url = reverse("service:ticket-list")
    return [
        {"url": f"{url}?{query}" if query else url, "label": label, "current": query == here}
        for query, label in cuts
    ]


def _is_late(ticket: Ticket, now: datetime) -> bool:
    if not ticket.is_open or ticket.state == TicketState.WAITING:
        return False
    return any(limit is not None and limit < now for limit in (ticket.due_at, ticket.step_due_at))
