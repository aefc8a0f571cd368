"""The hash chain over the trail: made every minute, checked on request (PLT-03).

Events are sealed in the order of the transactions that wrote them, and only once every
transaction with a lower number has ended, so that no late event can slip under a seal.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from crm_site.audit.models import AuditEvent, AuditSeal

ONE_SEALER = 0x616E6A75  # advisory lock key
CHUNK = 2000
DIGEST_BYTES = 32
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found; ``trouble`` is empty when all is well."""

    seals: int
    events: int
    unsealed: int
    head: str
    trouble: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether every sealed event is as it was written."""
        return not self.trouble


@transaction.atomic
def seal(*, now: datetime) -> AuditSeal | None:
    """Seal all events of finished transactions; None if there are none or another one seals."""
    if not _only_sealer():
        return None
    last = AuditSeal.objects.order_by("-id").first()
    after = last.before if last else 0
    before = _oldest_running_transaction()
    digests = b"".join(digest for _event, digest in _digested(after, before))
    if not digests:
        return None
    previous = last.hash if last else GENESIS
    return AuditSeal.objects.create(
        after=after,
        before=before,
        events=len(digests) // DIGEST_BYTES,
        digests=digests,
        previous_hash=previous,
        hash=_hash(previous, after, before, digests),
        sealed_at=now,
    )


def verify(*, anchor: str = "") -> Verdict:
    """Check every seal and every sealed event; stop at the first that was altered.

    ``anchor`` is the hash of a seal noted outside this database: a chain that was made anew as a
    whole does not hold it.
    """
    seals = events = 0
    previous, after = GENESIS, 0
    anchored = not anchor
    trouble = ""
    for link in AuditSeal.objects.order_by("id").iterator(chunk_size=CHUNK):
        trouble = _trouble_of_link(link, previous, after) or _trouble_of_events(link)
        if trouble:
            break
        seals, events = seals + 1, events + link.events
        previous, after = link.hash, link.before
        anchored = anchored or link.hash == anchor
    if not trouble and not anchored:
        trouble = f"no seal has the hash {anchor}"
    return Verdict(
        seals=seals,
        events=events,
        unsealed=AuditEvent.objects.filter(transaction__gte=after).count(),
        head=previous,
        trouble=trouble,
    )


def canonical(event: AuditEvent) -> bytes:
    """Return the one way an event is written for its digest: JSON, sorted keys, UTC."""
    row = {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "actor": event.actor_id,
        "role": event.role,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "ip": event.ip,
        "reason": event.reason,
        "facts": event.facts,
        "transaction": event.transaction,
    }
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _trouble_of_link(link: AuditSeal, previous: str, after: int) -> str:
    if link.previous_hash != previous or link.after != after:
        return f"seal {link.pk} does not continue the seal before it"
    digests = bytes(link.digests)
    if link.hash != _hash(
        previous, link.after, link.before, digests
    ) or link.events * DIGEST_BYTES != len(digests):
        return f"seal {link.pk} was altered"
    return ""


def _trouble_of_events(link: AuditSeal) -> str:
    """Return what is wrong with the events under a seal: altered, missing or added."""
    sealed = bytes(link.digests)
    known = {sealed[start : start + DIGEST_BYTES] for start in range(0, len(sealed), DIGEST_BYTES)}
    found = 0
    last = "the start"
    for number, (event, digest) in enumerate(_digested(link.after, link.before)):
        place = number * DIGEST_BYTES
        if digest != sealed[place : place + DIGEST_BYTES]:
            if digest in known:
                return f"seal {link.pk}: an event after {last} is missing"
            return f"seal {link.pk}: event {event.pk} was altered or added"
        found, last = number + 1, f"event {event.pk}"
    if found < link.events:
        return f"seal {link.pk}: an event after {last} is missing"
    return ""


def _digested(after: int, before: int) -> Iterator[tuple[AuditEvent, bytes]]:
    rows = AuditEvent.objects.filter(transaction__gte=after, transaction__lt=before)
    for event in rows.order_by("transaction", "id").iterator(chunk_size=CHUNK):
        yield event, hashlib.sha256(canonical(event)).digest()


def _hash(previous: str, after: int, before: int, digests: bytes) -> str:
    head = f"{previous}|{after}|{before}|".encode()
    return hashlib.sha256(head + digests).hexdigest()


def _only_sealer() -> bool:
    """Take the right to seal until the end of the transaction; False if another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        return bool(cursor.fetchone()[0])


def _oldest_running_transaction() -> int:
    """Return the number below which every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
