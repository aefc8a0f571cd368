"""Alarms raised by the trail itself: one account viewing unusually many records (PLT-03)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count

from crm_site.audit.events import MASS_VIEWING, VIEWED
from crm_site.audit.models import AuditEvent
from crm_site.audit.services import record

WINDOW = timedelta(hours=1)
MASS_VIEWS = 200
ONE_WATCHER = 0x616E6A76  # advisory lock key

AlarmHook = Callable[[AuditEvent], None]
_hooks: list[AlarmHook] = []


def register_alarm_hook(hook: AlarmHook) -> None:
    """Call ``hook(event)`` for each alarm, in its transaction; upper apps send messages with it."""
    if hook not in _hooks:
        _hooks.append(hook)


def sound(event: AuditEvent) -> None:
    """Tell whoever watches about an alarm that was just recorded, in its transaction."""
    for hook in _hooks:
        hook(event)


@transaction.atomic
def check_mass_viewing(*, now: datetime) -> list[AuditEvent]:
    """Raise an alarm for each account that viewed 200 records or more in an hour; return the new.

    An account that was reported within the past hour is not reported again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_WATCHER])
    recent = AuditEvent.objects.filter(at__gt=now - WINDOW, at__lte=now)
    reported = recent.filter(kind=MASS_VIEWING).values("subject_id")
    busy = (
        recent.filter(kind=VIEWED, actor__isnull=False)
        .values("actor")
        .annotate(views=Count("subject_id", distinct=True))
        .filter(views__gte=MASS_VIEWS)
        .order_by("actor")
    )
    known = {row["subject_id"] for row in reported}
    views = {row["actor"]: row["views"] for row in busy if str(row["actor"]) not in known}
    people = get_user_model().objects.in_bulk(list(views))
    events = [
        record(
            kind=MASS_VIEWING,
            actor=None,
            subject=("user", key),
            facts={"views": count, "minutes": 60, "role": getattr(people.get(key), "role", "")},
            now=now,
        )
        for key, count in views.items()
    ]
    for event in events:
        sound(event)
    return events
