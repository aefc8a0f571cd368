"""How the trail is written: always in the transaction of the thing that happened (PLT-03)."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crm_site.audit.events import require_declared
from crm_site.audit.models import AuditEvent
from crm_site.audit.rules.facts import check_facts, clean_reason

MAX_REASON = 300
MAX_LISTED = 10_000


def record(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    kind: str,
    actor: Any,
    now: datetime,
    subject: tuple[str, int | str] | None = None,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEvent:
    """Write one event and return it; call it inside the transaction of the change it reports.

    ``facts`` hold names of fields, counts and keys. Raises UndeclaredKindError for an unknown
    kind and PersonalFactError for a fact that is personal data; nothing is written then.
    """
    return AuditEvent.objects.create(
        **_columns(kind=kind, actor=actor, now=now, reason=reason, facts=facts or {}, ip=ip),
        subject_kind=subject[0] if subject else "",
        subject_id=str(subject[1]) if subject else "",
    )


def record_bulk(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    kind: str,
    actor: Any,
    now: datetime,
    subject_kind: str,
    ids: Iterable[int],
    is_ascending: bool = False,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEvent:
    """Write one event about many subjects, with their number, digest and (up to 10,000) keys.

    With ``is_ascending`` the keys come in order, each once, and are not held in memory.
    """
    manifest = _manifest(ids if is_ascending else sorted(set(ids)))
    return AuditEvent.objects.create(
        **_columns(
            kind=kind, actor=actor, now=now, reason=reason, facts=(facts or {}) | manifest, ip=ip
        ),
        subject_kind=subject_kind,
        subject_id="",
    )


def record_each(
    *, kind: str, subject_kind: str, facts: Mapping[int, dict[str, Any]], now: datetime
) -> int:
    """Write one event for each key of ``facts`` in one statement, as ``record`` would without an
    actor; return how many. For jobs, whose every subject keeps a trail of its own.
    """
    events = [
        AuditEvent(
            **_columns(kind=kind, actor=None, now=now, reason="", facts=told, ip=None),
            subject_kind=subject_kind,
            subject_id=str(key),
        )
        for key, told in facts.items()
    ]
    return len(AuditEvent.objects.bulk_create(events, batch_size=1000))


def _manifest(ascending: Iterable[int]) -> dict[str, Any]:
    digest, count, listed = hashlib.sha256(), 0, []
    for count, key in enumerate(ascending, start=1):
        digest.update(f",{key}".encode() if count > 1 else str(key).encode())
        if count <= MAX_LISTED:
            listed.append(key)
    return {"count": count, "digest": digest.hexdigest(), "ids": listed}


def _columns(
    *, kind: str, actor: Any, now: datetime, reason: str, facts: dict[str, Any], ip: str | None
) -> dict[str, Any]:
    require_declared(kind)
    check_facts(facts)
    return {
        "kind": kind,
        "at": now,
        "actor_id": actor.pk if actor else None,
        "role": getattr(actor, "role", "") if actor else "",
        "reason": clean_reason(reason)[:MAX_REASON],
        "facts": facts,
        "ip": ip,
    }
