"""What waits at the desk, who works there, and one set of measures over all channels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from customers.models import Customer
from service.desk import choices
from service.desk.models import DeskCall, DeskMessage, DeskSeat, QualitySample
from service.desk.selectors import missed_calls, number_of, shown_number
from service.tickets.choices import CHANNELS as TICKET_CHANNELS
from service.tickets.models import Ticket

LONGEST = 100
SOON = timedelta(seconds=15)
ALSO = {"phone": "voice", "visit": "letter"}  # who does the one does the other
AGENT_ROLES = ("agent", "specialist", "service_manager")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: who, since when, over which channel, what it is about."""

    who: str
    since: datetime
    channel: str
    label: Any
    title: str
    number: str
    url: str
    take_url: str


def waiting(user: User, *, skills: set[str] | None, now: datetime) -> list[Waiting]:
    """Return calls, messages, chats and visits that wait, in one order; of ``skills`` or all.

    What came outside the hours of the hotline stands from its first working minute on (SVC-22).
    """
    messages = DeskMessage.objects.visible_to(user).filter(taken_by__isnull=True)
    calls = DeskCall.objects.visible_to(user).filter(state="ringing", accepted_at__isnull=True)
    calls = calls.filter(began_at__gte=now - timedelta(minutes=30)) | missed_calls(user)
    left = _chosen(messages, skills)
    rang = []
    if skills is None or "phone" in skills:
        rang = list(calls.order_by("began_at", "pk")[:LONGEST])
    keys = {row.customer_id for row in [*left, *rang] if row.customer_id}
    people = Customer.objects.visible_to(user).filter(pk__in=keys).in_bulk() if keys else {}
    items = [_of_message(row, user, people.get(row.customer_id)) for row in left]
    items += [_of_call(row, user, people.get(row.customer_id)) for row in rang]
    return sorted(items, key=lambda item: item.since)[:LONGEST]


def _chosen(rows: QuerySet[DeskMessage], skills: set[str] | None) -> list[DeskMessage]:
    if skills is not None:
        rows = rows.filter(channel__in=skills | {ALSO[each] for each in skills if each in ALSO})
    ordered = rows.select_related("ticket").order_by("queued_from", "pk")
    return list(ordered[:LONGEST])


def _of_message(row: DeskMessage, user: User, customer: Customer | None) -> Waiting:
    return Waiting(
        who=customer.name if customer else row.name or number_of(row, user, None),
        since=row.queued_from,
        channel=row.channel,
        label=row.get_channel_display(),
        title=row.subject,
        number=row.ticket.number,
        url=reverse("service:message-detail", args=[row.pk]),
        take_url=reverse("service:message-take", args=[row.pk]),
    )


def _of_call(row: DeskCall, user: User, customer: Customer | None) -> Waiting:
    accept = reverse("service:call-accept", args=[row.pk]) if row.state == "ringing" else ""
    return Waiting(
        who=customer.name if customer else shown_number(row, user, None),
        since=row.began_at,
        channel="phone",
        label=choices.PHONE,
        title=str(row.get_state_display()),
        number="",
        url=reverse("service:call-detail", args=[row.pk]),
        take_url=accept,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """The desk at a glance; ``soon`` is the share answered within 15 seconds, ``None`` of none."""

    mine: int
    answered: int
    rang: int

    @property
    def soon(self) -> int | None:
        """Percent of the calls that rang today and were answered within 15 seconds."""
        return round(100 * self.answered / self.rang) if self.rang else None


def figures(user: User, *, now: datetime) -> Figures:
    """Return today's calls of ``user``, and how soon the desk answered what rang."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = DeskCall.objects.visible_to(user).filter(began_at__gte=start)
    rang = Q(mode="staffed") & (Q(answered_at__isnull=False) | Q(state="missed"))
    found = today.aggregate(
        mine=Count("pk", filter=Q(agent=user)),
        rang=Count("pk", filter=rang),
        answered=Count("pk", filter=rang & Q(answered_at__lte=F("began_at") + SOON)),
    )
    return Figures(**found)


def agents_of(user: User) -> QuerySet[User]:
    """Return the people who may have a seat at the desk that ``user`` leads."""
    rows = User.objects.filter(is_active=True, role__in=AGENT_ROLES).order_by("name", "pk")
    node = user.node
    if user.role_definition.scope is Scope.COMPANY:
        return rows
    if node is None:
        return rows.none()
    return rows.filter(node__region_id=node.region_id)


def team(user: User, *, now: datetime) -> list[dict[str, Any]]:
    """Return each seat with today's calls, tickets and the mean score of quality."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    seats = DeskSeat.objects.filter(user__in=agents_of(user)).select_related("user")
    found = list(seats.order_by("user__name", "pk"))
    people = [seat.user_id for seat in found]
    today = DeskCall.objects.filter(agent__in=people, began_at__gte=start).values("agent")
    calls = {row["agent"]: row for row in today.annotate(n=Count("pk"), done=Count("ticket"))}
    scores: dict[int, list[Any]] = {}
    scored = QualitySample.objects.filter(agent__in=people, sheet__score__isnull=False)
    for agent, score in scored.order_by("-month", "-pk").values_list("agent", "sheet__score")[:500]:
        scores.setdefault(agent, []).append(score)
    return [
        {
            "seat": seat,
            "skills": [dict(choices.SKILLS).get(skill, skill) for skill in seat.skills],
            "calls": calls.get(seat.user_id, {}).get("n", 0),
            "tickets": calls.get(seat.user_id, {}).get("done", 0),
            "score": _mean(scores.get(seat.user_id, [])),
        }
        for seat in found
    ]


def _mean(values: list[Any]) -> Any:
    return round(sum(values) / len(values), 1) if values else None


def measures_of(customer: Customer, *, user: User, now: datetime) -> list[dict[str, Any]]:
    """Return per channel the tickets, how many are open, and the median hours to the first step.

    One set of measures for all channels (SVC-24); ``None`` where nothing was answered yet.
    """
    moved = Q(events__kind__in=("moved", "assigned", "noted", "told"))
    rows = Ticket.objects.visible_to(user).filter(customer=customer).standing()
    found: dict[str, list[tuple[bool, Any]]] = {}
    first = rows.annotate(first=Min("events__at", filter=moved))
    for row in first.values("channel", "closed_at", "opened_at", "first")[:500]:
        hours = row["first"] - row["opened_at"] if row["first"] else None
        found.setdefault(row["channel"], []).append((row["closed_at"] is None, hours))
    return [
        {
            "channel": label,
            "tickets": len(found[key]),
            "open": sum(is_open for is_open, _hours in found[key]),
            "hours": _median([hours for _open, hours in found[key] if hours is not None]),
        }
        for key, label in TICKET_CHANNELS
        if key in found
    ]


def _median(spans: list[timedelta]) -> float | None:
    return round(median(span.total_seconds() for span in spans) / 3600, 1) if spans else None
