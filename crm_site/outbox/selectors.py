"""Reading notifications, in the words of the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from crm_site.common.subjects import references
from crm_site.outbox.kinds import MessageKind, message_kinds, render
from crm_site.outbox.models import Message, Notification
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """One notification as its recipient reads it; ``url`` is empty where it leads nowhere."""

    pk: int
    title: str
    body: str
    at: datetime
    url: str
    icon: str
    tone: str
    is_unread: bool


def lines(rows: Iterable[Notification], *, user: User) -> list[Line]:
    """Return the rows in words and with links, one query per kind of subject."""
    found = list(rows)
    kinds = {kind.key: kind for kind in message_kinds()}
    pairs = [(row.message.subject_kind, row.message.subject_id) for row in found]
    known = references([pair for pair in pairs if pair[0]], user)
    return [
        _line(row, kinds.get(row.message.kind), known.get(pair))
        for row, pair in zip(found, pairs, strict=True)
    ]


def by_day(found: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """Return the lines grouped by their day in Beijing, in the order given."""
    return [
        (day, list(group))
        for day, group in groupby(found, key=lambda line: timezone.localtime(line.at).date())
    ]


def mine(user: User) -> Any:
    """Return ``user``'s notifications with their messages, latest first."""
    return Notification.objects.filter(recipient=user).select_related("message").order_by("-pk")


def log_counts() -> Any:
    """Return how many messages of each kind and channel are in which state."""
    counted = Message.objects.values("kind", "channel", "state").annotate(n=Count("pk"))
    return counted.order_by("kind", "channel", "state")


def _line(row: Notification, kind: MessageKind | None, reference: Any) -> Line:
    text = render(row.message.kind, row.message.params)
    return Line(
        pk=row.pk,
        title=text.title,
        body=text.body,
        at=row.created_at,
        url=reference.url if reference else _own_url(row.message, kind),
        icon=kind.icon if kind else "bell",
        tone=kind.tone if kind else "",
        is_unread=row.read_at is None,
    )


def _own_url(message: Message, kind: MessageKind | None) -> str:
    """Return where a message about nothing in particular leads."""
    if kind is None or not kind.url_name or message.subject_kind:
        return ""
    try:
        return reverse(kind.url_name)
    except NoReverseMatch:
        return ""
