"""Beside the day's work: what has a time today, one's own month so far, news still to be told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers import choices
from customers.models import Customer, Meeting, NewsItem, Task
from customers.month_filters import NEW, SIGNED, TALKED, VISITED, in_month
from customers.rules.axes import TaskState
from customers.rules.days import end_of_day
from customers.rules.meetings import MeetingState
from customers.selectors.meetings import with_guests
from customers.selectors.news import list_for, not_told
from customers.selectors.team import Figure
from customers.services.ownership import OWNING_ROLES

MOST_ROWS = 30
# News older than this, or beyond so many pieces, is no matter of the day.
NEWS_DAYS = 30
MOST_NEWS = 5
MONTH_LABELS: dict[str, str | Promise] = {
    NEW: gettext_lazy("New customers"),
    TALKED: gettext_lazy("Customers spoken to"),
    VISITED: gettext_lazy("Customers who came to visit"),
    SIGNED: gettext_lazy("Customers who signed"),
}


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """Something with a time today; ``is_now`` marks the present moment, which is no entry."""

    at: dt.datetime
    title: str = ""
    note: str = ""
    url: str = ""
    is_past: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class NewsLine:
    """The newest news with customers still to be told, how many, and how many pieces more."""

    title: str
    url: str
    count: int
    more: int


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside the day's work; ``month`` is empty for who owns no customers."""

    agenda: Sequence[AgendaRow]
    entries: int
    month: Sequence[tuple[str | Promise, Figure]]
    news: NewsLine | None


def side(user: User, now: dt.datetime, project_id: int | None = None) -> Side:
    """Return what stands beside ``user``'s day (Beijing time); the same few queries for any length.

    With ``project_id`` only what belongs to the customers of that project; meetings of no project
    stay.
    """
    entries = _entries(user, now, project_id)
    return Side(
        agenda=_with_now(entries, now),
        entries=len(entries),
        month=_month(user, now, project_id),
        news=_news(user, now),
    )


def _entries(user: User, now: dt.datetime, project_id: int | None) -> list[AgendaRow]:
    midnight = end_of_day(now)
    since = midnight - dt.timedelta(days=1)
    meetings = Meeting.objects.filter(
        owner=user, starts_at__gte=since, starts_at__lt=midnight
    ).exclude(state=MeetingState.CANCELLED.value)
    tasks = Task.objects.filter(owner=user, due_at__gte=since, due_at__lt=midnight).exclude(
        state=TaskState.CANCELLED.value
    )
    if project_id:
        meetings = meetings.filter(Q(project=project_id) | Q(project__isnull=True))
        tasks = tasks.filter(Q(customer__project=project_id) | Q(customer__isnull=True))
    kinds = dict(choices.MEETING_KINDS)
    rows = [
        _meeting_row(each, kinds, now)
        for each in with_guests(meetings, user).order_by("starts_at", "pk")[:MOST_ROWS]
    ]
    found = tasks.select_related("customer").order_by("due_at", "pk")[:MOST_ROWS]
    rows += [_task_row(each, now) for each in found]
    return sorted(rows, key=lambda row: row.at)[:MOST_ROWS]


def _meeting_row(meeting: Any, kinds: dict[str, Any], now: dt.datetime) -> AgendaRow:
    guests = ", ".join(guest.customer.name for guest in meeting.seen_guests)
    parts = (str(kinds[meeting.kind]), meeting.place, guests)
    return AgendaRow(
        at=meeting.starts_at,
        title=meeting.title,
        note=" · ".join(part for part in parts if part),
        url=reverse("customers:meeting-detail", args=[meeting.pk]),
        is_past=meeting.ends_at <= now,
    )


def _task_row(task: Task, now: dt.datetime) -> AgendaRow:
    customer = task.customer
    return AgendaRow(
        at=task.due_at,
        title=task.title,
        note=customer.name if customer else "",
        url=customer.get_absolute_url() if customer else reverse("customers:task-list"),
        is_past=task.due_at <= now or task.state == TaskState.DONE.value,
    )


def _with_now(entries: list[AgendaRow], now: dt.datetime) -> list[AgendaRow]:
    """Return the entries with a mark where the day stands; none for an empty day."""
    if not entries:
        return []
    return sorted([*entries, AgendaRow(at=now, is_now=True)], key=lambda row: row.at)


def _month(
    user: User, now: dt.datetime, project_id: int | None
) -> list[tuple[str | Promise, Figure]]:
    """Return one's own customers of the month by what happened; one query."""
    if user.role not in OWNING_ROLES:
        return []
    own = Customer.objects.visible_to(user).owned_by(user)
    if project_id:
        own = own.filter(project=project_id)
    wanted: dict[str, Any] = {
        key: Count("pk", filter=condition) for key, condition in in_month(now).items()
    }
    counts = own.aggregate(**wanted)
    listed = reverse("customers:customer-list")
    return [
        (label, Figure(counts[key], f"{listed}?{urlencode({'view': 'mine', 'this_month': key})}"))
        for key, label in MONTH_LABELS.items()
    ]


def _news(user: User, now: dt.datetime) -> NewsLine | None:
    """Return the newest news that ``user`` still has to tell somebody; two queries for any."""
    if not user.has_perm("customers.log_interaction"):
        return None
    since = now - dt.timedelta(days=NEWS_DAYS)
    current = NewsItem.objects.visible_to(user).filter(
        published_at__gte=since, published_at__lte=now, withdrawn_at__isnull=True
    )
    found = list(current.order_by("-published_at")[:MOST_NEWS])
    if not found:
        return None
    waiting: dict[str, Any] = {
        f"n{news.pk}": Count(
            "pk", filter=Q(pk__in=list_for(not_told(news, now=now), user).values("pk"))
        )
        for news in found
    }
    counts = Customer.objects.visible_to(user).aggregate(**waiting)
    open_news = [(news, counts[f"n{news.pk}"]) for news in found if counts[f"n{news.pk}"]]
    if not open_news:
        return None
    newest, count = open_news[0]
    url = reverse("customers:news-not-told", args=[newest.pk])
    return NewsLine(newest.title, url, count, len(open_news) - 1)
