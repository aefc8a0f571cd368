"""Messages about documents: to those who have to read one, to the holder before it runs out.

Every message has a key of its own and every notice an effect row, so the daily job may run twice.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm_site.documents.models import DocumentEffect, DocumentVersion
from crm_site.documents.policies import NOTICES
from crm_site.documents.registry import kinds
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force

TO_READ = "document.to_read"
RUNS_OUT = "document.runs_out"
RAN_OUT = "document.ran_out"
BATCH = 500
DIGITS = re.compile(r"\d{7,}")  # a message holds no phone number


def ask_readers(version: DocumentVersion, *, now: datetime) -> None:
    """Ask everybody who has not confirmed the version, once it counts; each person once."""
    from crm_site.documents.services.reading import missing_readers

    if not DocumentVersion.objects.in_force(timezone.localdate(now)).filter(pk=version.pk).exists():
        return
    send_many(
        [
            Outgoing(
                TO_READ,
                person,
                f"document:{version.pk}:read:{person.pk}",
                _params(version),
                ("document", version.document_id),
            )
            for person in missing_readers(version)
        ],
        now=now,
    )


def watch(*, now: datetime) -> int:
    """Ask who has yet to read what counts today, tell holders what runs out; return the notices."""
    today = timezone.localdate(now)
    read = [kind.key for kind in kinds() if kind.is_acknowledged]
    counting = DocumentVersion.objects.in_force(today).filter(document__kind__in=read)
    for version in counting.select_related("document").iterator(chunk_size=BATCH):
        ask_readers(version, now=now)
    days = in_force(NOTICES, at=now).value.days_before
    soon = DocumentVersion.objects.in_force(today).filter(
        effective_until__lte=today + timedelta(days=days)
    )
    over = DocumentVersion.objects.begun(today).filter(effective_until__lt=today)
    return _tell(soon, RUNS_OUT, now) + _tell(over, RAN_OUT, now)


def _tell(versions: Any, kind: str, now: datetime) -> int:
    """Tell the holders of ``versions`` once; return how many notices were new."""
    step = kind.rpartition(".")[2]
    told = DocumentEffect.objects.filter(step=step).values("version")
    new = versions.exclude(pk__in=told).select_related("document__holder").order_by("pk")
    with transaction.atomic():
        rows = list(new.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        DocumentEffect.objects.bulk_create(
            DocumentEffect(version=row, step=step, at=now) for row in rows
        )
        send_many([_notice(row, kind, step) for row in rows], now=now)
    return len(rows)


def _notice(version: DocumentVersion, kind: str, step: str) -> Outgoing:
    key = f"document:{version.pk}:{step}"
    params = _params(version) | {"until": _iso(version.effective_until)}
    return Outgoing(kind, version.document.holder, key, params, ("document", version.document_id))


def _params(version: DocumentVersion) -> dict[str, Any]:
    return {
        "kind": version.document.kind,
        "number": version.document.number,
        "title": DIGITS.sub("…", version.title),
        "version": version.number,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
