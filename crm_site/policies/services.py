"""Reading the policy in force, and the way of a change: draft, submitted, approved or rejected.

A version is in force from its ``valid_from`` until one with a later start takes over; of two with
the same start the higher version wins. Approved and rejected versions are never changed.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from crm_site.audit.services import record
from crm_site.policies.errors import OpenProposalError, PolicyStateError, SelfApprovalError
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import policy_kind
from crm_site.policies.shapes import from_json, to_json
from crm_site.staff.models import User

State = PolicyVersion.State
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# As text, because most pages ask it: see docs/decisions.md, 56.
LATEST = f"""
SELECT version, payload::text FROM policies_policyversion
WHERE key = %s AND state = '{State.APPROVED.value}' AND valid_from <= %s
ORDER BY valid_from DESC, version DESC LIMIT 1
"""  # noqa: S608 -- a constant of the code
OPEN = (State.DRAFT.value, State.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class InForce:
    """What a policy says at a moment, and the version a decision has to pin."""

    version: int
    value: Any


def in_force(key: str, *, at: datetime) -> InForce:
    """Return the version of ``key`` in force ``at`` that moment, in one query.

    Where no version exists yet, version 1 (the built-in default, valid from the beginning) is
    written; two callers at once write it once. Raise UnknownPolicyError for unregistered keys.
    """
    kind = policy_kind(key)
    row = _latest(key, at)
    if row is None:
        ensure_default(key)
        row = _latest(key, at)
    if row is None:
        return InForce(1, kind.default)
    value = _read(kind.shape, row[1])  # type: ignore[arg-type]  # a class is hashable
    return InForce(row[0], value)


def at_version(key: str, version: int) -> Any:
    """Return what version ``version`` of ``key`` says, whatever its state."""
    payload = PolicyVersion.objects.values_list("payload", flat=True).get(key=key, version=version)
    return policy_kind(key).read(payload)


def ensure_default(key: str) -> None:
    """Write version 1 of ``key`` from its built-in default unless it exists."""
    first = PolicyVersion(
        key=key,
        version=1,
        payload=to_json(policy_kind(key).default),
        state=State.APPROVED,
        valid_from=BEGINNING,
        created_at=BEGINNING,
        decided_at=BEGINNING,
    )
    PolicyVersion.objects.bulk_create([first], ignore_conflicts=True)


def propose(
    *,
    key: str,
    payload: Any,
    valid_from: datetime | None,
    reason: str,
    author: User,
    now: datetime,
) -> PolicyVersion:
    """Write a draft of the next version; ``valid_from`` None means "as soon as approved".

    Raise ShapeError for a payload that does not fit, OpenProposalError while another is open.
    """
    clean = to_json(policy_kind(key).read(payload))
    ensure_default(key)
    try:
        with transaction.atomic():
            latest = PolicyVersion.objects.filter(key=key).aggregate(top=Max("version"))["top"]
            draft = PolicyVersion.objects.create(
                key=key,
                version=latest + 1,
                payload=clean,
                valid_from=valid_from,
                reason=reason,
                author=author,
                created_at=now,
            )
            _audit("policy.proposed", draft, author, now)
    except IntegrityError as error:
        raise OpenProposalError from error
    return draft


def submit(*, version_id: int, author: User, now: datetime) -> PolicyVersion:
    """Hand a draft in for approval; only its author may. Raise PolicyStateError if it moved on."""
    with transaction.atomic():
        mine = PolicyVersion.objects.filter(pk=version_id, author=author, state=State.DRAFT)
        if not mine.update(state=State.SUBMITTED):
            raise PolicyStateError
        version = PolicyVersion.objects.get(pk=version_id)
        _audit("policy.submitted", version, author, now)
    return version


def approve(*, version_id: int, approver: User, now: datetime) -> PolicyVersion:
    """Put a submitted version into force from its start, at the earliest from ``now``.

    Raise SelfApprovalError for its author (the database refuses it too), PolicyStateError if it is
    no longer awaiting approval.
    """
    with transaction.atomic():
        version = _locked(version_id, [State.SUBMITTED])
        _not_the_author(version, approver)
        version.state = State.APPROVED
        version.valid_from = max(version.valid_from or now, now)
        version.approver, version.decided_at = approver, now
        version.save(update_fields=["state", "valid_from", "approver", "decided_at"])
        _audit("policy.approved", version, approver, now)
    return version


def reject(*, version_id: int, approver: User, reason: str, now: datetime) -> PolicyVersion:
    """Turn a submitted version down, with a reason kept in the audit trail."""
    with transaction.atomic():
        version = _locked(version_id, [State.SUBMITTED])
        _not_the_author(version, approver)
        version.state, version.approver, version.decided_at = State.REJECTED, approver, now
        version.save(update_fields=["state", "approver", "decided_at"])
        _audit("policy.rejected", version, approver, now, reason=reason)
    return version


def withdraw(*, version_id: int, author: User, now: datetime) -> PolicyVersion:
    """Take one's own open proposal back; it stays in the history as rejected, without approver."""
    with transaction.atomic():
        version = _locked(version_id, [State.DRAFT, State.SUBMITTED])
        if version.author_id != author.pk:
            raise PolicyStateError
        version.state, version.decided_at = State.REJECTED, now
        version.save(update_fields=["state", "decided_at"])
        _audit("policy.withdrawn", version, author, now)
    return version


def _latest(key: str, at: datetime) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [key, at])
        row: tuple[int, str] | None = cursor.fetchone()
    return row


@lru_cache(maxsize=256)
def _read(shape: type[Any], payload: str) -> Any:
    """Return the JSON text as the shape, which is never changed; read once for each text."""
    return from_json(shape, json.loads(payload))


def _locked(version_id: int, states: list[State]) -> PolicyVersion:
    version = (
        PolicyVersion.objects.select_for_update()
        .filter(pk=version_id, state__in=[state.value for state in states])
        .first()
    )
    if version is None:
        raise PolicyStateError
    return version


def _not_the_author(version: PolicyVersion, approver: User) -> None:
    if version.author_id == approver.pk:
        raise SelfApprovalError


def _audit(
    kind: str, version: PolicyVersion, actor: User, now: datetime, *, reason: str = ""
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("policy", version.pk),
        reason=reason or version.reason,
        facts={"key": version.key, "version": version.version},
        now=now,
    )
