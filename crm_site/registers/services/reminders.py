"""The sweep that reminds of what is due and reports what was missed, once per step (A-53).

Due entries are claimed with a row lock that other sweeps skip. Each step writes an effect row whose
uniqueness lets it count once; only then its messages are written, in the same transaction.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from crm_site.outbox.services import Outgoing, send_many
from crm_site.registers.models import RegisterEffect, RegisterEntry
from crm_site.staff.models import User
from crm_site.staff.selectors import nearest_superiors

BATCH = 500
REMIND, BREACH = "remind", "breach"
REMINDER = "register.reminder"
BREACHED = "register.breached"
DIGITS = re.compile(r"\d{7,}")  # a message holds no phone number


def sweep(*, now: datetime, limit: int = 20_000) -> int:
    """Take every due step of open entries and return how many took effect."""
    done, seen = 0, 0
    while seen < limit:
        with transaction.atomic():
            rows = _claim(now)
            done += _take(rows, now)
        seen += len(rows)
        if len(rows) < BATCH:
            break
    return done


def _claim(now: datetime) -> list[RegisterEntry]:
    due = RegisterEntry.objects.open().filter(next_step_at__lte=now)
    return list(
        due.select_related("owner__node")
        .order_by("next_step_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )


def _take(rows: list[RegisterEntry], now: datetime) -> int:
    """Write effects and messages of the rows' due steps, and when their next step is."""
    steps = {row.pk: _step(row, now) for row in rows}
    fresh = _new_effects([row for row in rows if steps[row.pk]], steps, now)
    above: dict[int, list[User]] = {}
    messages = [
        message
        for row in rows
        if row.pk in fresh
        for message in _messages(row, steps[row.pk], above)
    ]
    send_many(messages, now=now)
    for row in rows:
        row.next_step_at = row.due_at if steps[row.pk] == REMIND else None
    RegisterEntry.objects.bulk_update(rows, ["next_step_at"])
    return len(fresh)


def _step(row: RegisterEntry, now: datetime) -> str:
    if row.due_at is None or not row.is_binding:
        return ""
    return BREACH if row.due_at <= now else REMIND


def _new_effects(rows: list[RegisterEntry], steps: dict[int, str], now: datetime) -> set[int]:
    """Write the effect rows and return the entries whose step had not been taken before."""
    pks = [row.pk for row in rows]
    known = set(
        RegisterEffect.objects.filter(entry__in=pks).values_list("entry_id", "step", "due_at")
    )
    new = [row for row in rows if (row.pk, steps[row.pk], row.due_at) not in known]
    RegisterEffect.objects.bulk_create(
        RegisterEffect(entry=row, step=steps[row.pk], due_at=row.due_at, at=now)
        for row in new
        if row.due_at is not None
    )
    return {row.pk for row in new}


def _messages(row: RegisterEntry, step: str, above: dict[int, list[User]]) -> Iterable[Outgoing]:
    assert row.due_at is not None  # noqa: S101 -- only rows with a due time have a step
    people = [row.owner] if row.owner.is_active else []
    if step == BREACH or not people:
        if row.owner_id not in above:
            above[row.owner_id] = nearest_superiors(row.owner)
        people += above[row.owner_id]
    params = {
        "register": row.register,
        "title": DIGITS.sub("…", row.title),
        "due": row.due_at.isoformat(),
        "owner": row.owner.name,
    }
    return [
        Outgoing(
            kind=BREACHED if step == BREACH else REMINDER,
            recipient=person,
            key=f"register:{row.pk}:{step}:{row.due_at.timestamp():.0f}:{person.pk}",
            params=params,
            subject=("register-entry", row.pk),
        )
        for person in people
    ]
