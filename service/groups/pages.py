"""What the pages of groups and crises show, in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from service.groups import choices
from service.groups.models import CrisisRoom, GroupSuggestion
from service.groups.rules.crisis import missing_duties
from service.groups.services.deciding import GROUP, newcomers
from service.tickets.models import Ticket
from service.tickets.querysets import OPEN
from service.tickets.rules import TicketKind

MEMBERS_SHOWN = 150
DUTIES = dict(choices.DUTIES)
SINGLE = {TicketKind.COMPLAINT.value, TicketKind.REPAIR.value, TicketKind.PRICE_DISPUTE.value}


@dataclass(frozen=True, slots=True)
class Week:
    """How many complaints of a group came in a week, and how many until its end."""

    first: date
    count: int
    total: int
    most: int


def growth(moments: Iterable[datetime]) -> list[Week]:
    """Return the weeks from the first complaint to the last, empty ones too (BEY-07)."""
    days = sorted(timezone.localtime(moment).date() for moment in moments)
    if not days:
        return []
    counts = Counter(day - timedelta(days=day.weekday()) for day in days)
    week, last, total, most = min(counts), max(counts), 0, max(counts.values())
    found = []
    while week <= last:
        total += counts[week]
        found.append(Week(week, counts[week], total, most))
        week += timedelta(days=7)
    return found


def why(suggestion: GroupSuggestion) -> list[dict[str, Any]]:
    """Return the facts members share, in words, with how many share each."""
    return [
        {"label": choices.FACTS[fact], "count": suggestion.facts[fact]}
        for fact in choices.FACTS
        if fact in suggestion.facts
    ]


def promises_in(suggestion: GroupSuggestion) -> list[tuple[str, int]]:
    """Return what was promised that the complaints are about, and how many are."""
    rows = suggestion.texts.exclude(promise="").values_list("promise")
    return list(rows.annotate(count=Count("pk")).order_by("-count", "promise")[:3])


def with_why(rows: list[Any]) -> list[Any]:
    """Return suggestions as the list prints them."""
    return [{"suggestion": row, "facts": why(row)} for row in rows]


def groups_seen(user: Any) -> QuerySet[Ticket]:
    """Return the group complaints one sees with their members and steps counted."""
    rows = Ticket.objects.visible_to(user).filter(kind=GROUP)
    is_open = Q(members__state__in=OPEN)
    found: QuerySet[Ticket] = rows.select_related("project", "handler").annotate(
        all_members=Count("members", distinct=True),
        open_members=Count("members", filter=is_open, distinct=True),
        all_steps=Count("group_steps", distinct=True),
        done_steps=Count(
            "group_steps", filter=Q(group_steps__done_at__isnull=False), distinct=True
        ),
    )
    return found


def panel(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """Return what the panel on the page of a ticket shows; None where groups do not matter."""
    may_lead = request.user.has_perm("service.lead_groups")
    if ticket.kind == GROUP:
        return _of_group(ticket) | {
            "may_lead": may_lead and ticket.is_open,
            "may_command": request.user.has_perm("service.command_crisis"),
        }
    if ticket.kind == TicketKind.CRISIS:
        room = CrisisRoom.objects.filter(ticket=ticket).first()
        return {"room": room} if room is not None else None
    if ticket.kind not in SINGLE:
        return None
    suggestion = GroupSuggestion.objects.filter(texts=ticket.pk).first()
    seen = suggestion is not None and suggestion.state != "growing"
    if ticket.group_id is None and not seen and not (may_lead and ticket.is_open):
        return None
    return {
        "is_member": True,
        "suggestion": suggestion if seen else None,
        "facts": why(suggestion) if suggestion is not None else [],
        "may_found": may_lead and ticket.is_open and ticket.group_id is None,
    }


def _of_group(ticket: Ticket) -> dict[str, Any]:
    rows = ticket.members.select_related("customer", "unit__building", "represents")
    members = list(rows.order_by("opened_at", "pk")[:MEMBERS_SHOWN])
    steps = list(ticket.group_steps.select_related("done_by"))
    return {
        "is_group": True,
        "members": members,
        "steps": steps,
        "done_steps": sum(step.done_at is not None for step in steps),
        "told": sum(member.told_at is not None for member in members),
        "weeks": growth(member.opened_at for member in members),
        "newcomers": list(newcomers(ticket)[:20]) if ticket.is_open else [],
        "crises": list(CrisisRoom.objects.filter(about=ticket).select_related("ticket")),
    }


def room_context(room: CrisisRoom) -> dict[str, Any]:
    """Return what a crisis room shows."""
    duties = list(room.duties.select_related("user"))
    held = [duty.duty for duty in duties]
    return {
        "duties": duties,
        "missing": [DUTIES[duty.value] for duty in missing_duties(room.level, held)],
        "entries": list(room.entries.select_related("by")[:200]),
        "statements": list(room.statements.select_related("author", "approver")),
    }
