"""The way of an approval: asked, signed step by step or refused, used once (mechanism: approval).

Everything that decides locks the approval's row, so two people at once take turns; the unique
signatures and the conditional update of ``use`` hold where a caller forgets.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.approvals import notices
from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.registry import approval_kind
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.selectors import lineage

State = Approval.State
BATCH = 200


class ApprovalNotUsableError(RefusedError):
    """There is no approval that allows exactly this now; ``code`` says why."""

    status = 403
    code = "approval-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: ``content`` is what gets signed, to the letter."""

    kind: str
    title: str
    content: Mapping[str, Any]
    reason: str = ""
    subject: tuple[str, int | str] | None = field(default=None)


def content_digest(content: Mapping[str, Any]) -> str:
    """Return SHA-256 of ``content`` in canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def request_approval(*, asked: Asked, requester: User, now: datetime) -> Approval:
    """Ask for signatures and tell those who can give the next one; return the approval.

    Raise NotAllowedError without the right to ask, RefusedError where nobody could sign.
    """
    kind = approval_kind(asked.kind)
    if kind.request_permission and not requester.has_perm(kind.request_permission):
        raise NotAllowedError(_("Your role cannot ask for this."), code="approval")
    steps = kind.steps_for(asked.content)
    subject_kind, subject_id = asked.subject or ("", "")
    approval = Approval(
        kind=kind.key,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        title=asked.title,
        reason=asked.reason,
        content=dict(asked.content),
        digest=content_digest(asked.content),
        steps=list(steps),
        joint=kind.joint,
        next_permissions=list(steps) if kind.joint else [steps[0]],
        requester=requester,
        places=sorted({*lineage(requester.node), *kind.places(asked.content)}),
        created_at=now,
        expires_at=now + kind.valid_for,
    )
    if not notices.signers_of(approval):
        raise RefusedError(
            _("Nobody above you can sign this. Ask the system administrator."), code="no-signer"
        )
    approval.save()
    _audit("approval.requested", approval, requester, now, reason=asked.reason)
    notices.ask(approval, now=now)
    return approval


@transaction.atomic
def sign(*, approval_id: int, digest: str, signer: User, now: datetime) -> Approval:
    """Give one signature to the content with ``digest``; the last one approves.

    Raise NotAllowedError for the requester, for who signed before and for who is not asked now,
    StaleError when the content is no longer the one that was read.
    """
    approval = _waiting(approval_id, now)
    step = _step_for(approval, signer)
    if approval.digest != digest:
        raise StaleError(_("The request was changed. Read it again before you sign."))
    _write(approval, step, signer, now)
    left = _left(approval)
    approval.next_permissions = left if approval.joint else left[:1]
    if not left:
        approval.state, approval.decided_at = State.APPROVED, now
    approval.save(update_fields=["next_permissions", "state", "decided_at"])
    _audit("approval.signed", approval, signer, now, step=step)
    if left:
        notices.ask(approval, now=now)
    else:
        _decided(approval, now)
    return approval


@transaction.atomic
def refuse(*, approval_id: int, reason: str, signer: User, now: datetime) -> Approval:
    """Say no, with a reason the requester reads; nothing more can be signed then."""
    approval = _waiting(approval_id, now)
    step = _step_for(approval, signer)
    _write(approval, step, signer, now, refusal=reason)
    _close(approval, State.REFUSED, now)
    _audit("approval.refused", approval, signer, now, reason=reason)
    _decided(approval, now)
    return approval


@transaction.atomic
def withdraw(*, approval_id: int, requester: User, now: datetime) -> Approval:
    """Take one's own request back while it is neither refused nor used."""
    approval = _locked(approval_id)
    if approval.requester_id != requester.pk:
        raise NotAllowedError(_("Only who asked can withdraw this."), code="approval")
    if approval.state not in (State.WAITING, State.APPROVED):
        raise StaleError(_("This request is decided already."))
    _close(approval, State.WITHDRAWN, now)
    _audit("approval.withdrawn", approval, requester, now)
    _decided(approval, now)
    return approval


@transaction.atomic
def amend(
    *,
    approval_id: int,
    content: Mapping[str, Any],
    requester: User,
    now: datetime,
    reason: str | None = None,
) -> Approval:
    """Put other content under the same request: every signature given so far is void.

    ``reason`` None keeps the one that stands; a reason that matters is part of the content.

    The same content changes nothing. Raise StaleError once it is refused, used or expired.
    """
    approval = _locked(approval_id)
    if approval.requester_id != requester.pk:
        raise NotAllowedError(_("Only who asked can change this."), code="approval")
    if approval.state not in (State.WAITING, State.APPROVED) or approval.expires_at <= now:
        raise StaleError(_("This request is decided already."))
    digest = content_digest(content)
    if digest == approval.digest:
        return approval
    approval.signatures.filter(voided_at__isnull=True).update(voided_at=now)
    kind = approval_kind(approval.kind)
    steps = kind.steps_for(content)
    approval.content, approval.digest, approval.steps = dict(content), digest, list(steps)
    approval.next_permissions = list(steps) if approval.joint else [steps[0]]
    approval.round += 1
    approval.reason = approval.reason if reason is None else reason
    approval.state, approval.decided_at = State.WAITING, None
    approval.expires_at = now + kind.valid_for
    approval.save()
    _audit("approval.amended", approval, requester, now, reason=reason or "")
    notices.ask(approval, now=now)
    return approval


def use(
    *, approval_id: int, kind: str, content: Mapping[str, Any], user: User, now: datetime
) -> Approval:
    """Use up an approval for ``content``: once, by who asked, before it expires.

    One conditional update, so of two at once one succeeds. Raise ApprovalNotUsableError.
    """
    rows = Approval.objects.filter(pk=approval_id, kind=kind, requester=user)
    ready = rows.filter(state=State.APPROVED, digest=content_digest(content), expires_at__gt=now)
    with transaction.atomic():
        if not ready.update(state=State.USED, used_at=now):
            raise _not_usable(rows.first(), content, now)
        approval = Approval.objects.get(pk=approval_id)
        _audit("approval.used", approval, user, now)
    return approval


def expire(*, now: datetime) -> int:
    """Close approvals whose time is over and tell who asked; return how many."""
    done = 0
    for pk in list(Approval.objects.overdue(now=now).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            approval = _locked(pk)
            live = approval.state in (State.WAITING, State.APPROVED)
            if live and approval.expires_at <= now:
                _close(approval, State.EXPIRED, now)
                _audit("approval.expired", approval, None, now)
                _decided(approval, now)
                done += 1
    return done


def may_sign_now(approval: Approval, user: User, *, now: datetime) -> bool:
    """Return whether the next signature can be that of ``user``."""
    return Approval.objects.to_sign_by(user, now=now).filter(pk=approval.pk).exists()


def _locked(approval_id: int) -> Approval:
    return Approval.objects.select_for_update(of=("self",)).get(pk=approval_id)


def _waiting(approval_id: int, now: datetime) -> Approval:
    approval = _locked(approval_id)
    if approval.state != State.WAITING or approval.expires_at <= now:
        raise StaleError(_("This request is decided already, or its time is over."))
    return approval


def _step_for(approval: Approval, signer: User) -> int:
    """Return the step ``signer`` can sign now; raise NotAllowedError."""
    if signer.pk == approval.requester_id:
        raise NotAllowedError(_("Nobody signs their own request."), code="self-approval")
    scope = signer.role_definition.scope
    if scope is not Scope.COMPANY and signer.node_id not in approval.places:
        raise NotAllowedError(_("This request comes from another place."), code="scope")
    given = list(approval.signatures.standing().values_list("step", "signer_id"))
    if signer.pk in {person for _step, person in given}:
        raise NotAllowedError(_("You have signed this already."), code="signed-before")
    taken = {step for step, _person in given}
    free = [step for step in range(len(approval.steps)) if step not in taken]
    offered = free if approval.joint else free[:1]
    step = next((one for one in offered if signer.has_perm(approval.steps[one])), None)
    if step is None:
        raise NotAllowedError(_("It is not your turn to sign this."), code="not-asked")
    return step


def _write(
    approval: Approval, step: int, signer: User, now: datetime, *, refusal: str = ""
) -> None:
    ApprovalSignature.objects.create(
        approval=approval,
        step=step,
        signer=signer,
        requester_id=approval.requester_id,
        is_refusal=bool(refusal),
        reason=refusal,
        digest=approval.digest,
        at=now,
    )


def _left(approval: Approval) -> list[str]:
    taken = set(approval.signatures.standing().values_list("step", flat=True))
    return [name for step, name in enumerate(approval.steps) if step not in taken]


def _close(approval: Approval, state: State, now: datetime) -> None:
    approval.state, approval.decided_at, approval.next_permissions = state, now, []
    approval.save(update_fields=["state", "decided_at", "next_permissions"])


def _decided(approval: Approval, now: datetime) -> None:
    notices.tell_requester(approval, now=now)
    approval_kind(approval.kind).on_decided(approval, now)


def _not_usable(
    approval: Approval | None, content: Mapping[str, Any], now: datetime
) -> ApprovalNotUsableError:
    if approval is None or approval.state in (State.WAITING, State.REFUSED, State.WITHDRAWN):
        return ApprovalNotUsableError(_("This needs an approval first."))
    if approval.state == State.USED:
        return ApprovalNotUsableError(_("The approval was used already."), code="approval-used")
    if approval.state == State.EXPIRED or approval.expires_at <= now:
        return ApprovalNotUsableError(_("The approval has expired."), code="approval-expired")
    message = _("What was approved is not what is asked now. Ask again.")
    return ApprovalNotUsableError(message, code="approval-changed")


def _audit(
    kind: str,
    approval: Approval,
    actor: User | None,
    now: datetime,
    *,
    reason: str = "",
    step: int | None = None,
) -> None:
    facts: dict[str, Any] = {"kind": approval.kind, "digest": approval.digest[:16]}
    if step is not None:
        facts["step"] = step
    record(
        kind=kind,
        actor=actor,
        subject=("approval", approval.pk),
        reason=reason,
        facts=facts,
        now=now,
    )
