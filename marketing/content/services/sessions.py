"""Live sessions: script signed before it is held, figures and leads after it (MKT-35)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use, withdraw
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from marketing.content.errors import ContentError
from marketing.content.models import LiveSession
from marketing.content.places import region_of, require
from marketing.content.querysets import KEEP
from marketing.content.services.checking import check_text

APPROVAL: Final = "live-script"
PLANNED, REVIEW, APPROVED, HELD, STOPPED = "planned", "review", "approved", "held", "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """What is planned of a session."""

    title: str
    kind: str
    platform: str
    starts_at: datetime
    host: User
    code: str
    script: str
    project: Project | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What was counted on the platform after a session."""

    viewers: int
    interactions: int
    cost: Decimal
    note: str = ""


@transaction.atomic
def save_session(
    *, session: LiveSession | None, draft: SessionDraft, actor: User, now: datetime
) -> LiveSession:
    """Plan a session, its script scanned, and return it.

    Another script, title or platform voids an approval. Raise ContentError once it was held,
    ValidationError for a code that another session has.
    """
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    row = LiveSession(created_by=actor, created_at=now) if session is None else locked(session)
    if row.state in (HELD, STOPPED):
        raise ContentError(_("This session is over; its plan stays as it was."))
    signed = content_of(row) if row.approval_id is not None else None
    for name in ("kind", "platform", "starts_at", "host", "code", "project"):
        setattr(row, name, getattr(draft, name))
    row.title, row.script = clean_text(draft.title), clean_lines(draft.script)
    row.region_id = region
    found = check_text(f"{row.title}\n{row.script}", now=now)
    row.findings, row.policy_version, row.passes = found.findings, found.version, found.passes
    if row.approval is not None and content_of(row) != signed:
        _void(row, now)
    _save_once(row)
    record(kind="live.saved", actor=actor, subject=("live-session", row.pk), facts={}, now=now)
    return row


@transaction.atomic
def ask_script(*, session: LiveSession, actor: User, now: datetime) -> Approval:
    """Ask legal and the executive to sign the script; return the approval."""
    require(actor, KEEP)
    row = locked(session)
    if row.state != PLANNED or not row.script:
        raise ContentError(_("Write the script first; it is asked for once."))
    found = check_text(f"{row.title}\n{row.script}", now=now)
    if not found.passes:
        held_back = [*found.banned, *(one["found"] for one in found.unproven)]
        words = _("These words cannot stand in a script: %(words)s.")
        raise ContentError(words % {"words": ", ".join(dict.fromkeys(held_back))})
    asked = Asked(
        kind=APPROVAL,
        title=row.title,
        content=content_of(row),
        subject=("live-session", row.pk),
    )
    row.findings, row.policy_version, row.passes = found.findings, found.version, True
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    row.state = REVIEW
    row.save()
    return row.approval


@transaction.atomic
def decide_script(approval: Approval, now: datetime) -> None:
    """Take a session on once its script is signed, back to the plan otherwise."""
    rows = LiveSession.objects.select_for_update(of=("self",))
    row = rows.filter(approval=approval, state__in=[REVIEW, APPROVED]).first()
    if row is None:
        return
    signed = approval.state == Approval.State.APPROVED
    row.state, row.approval = (APPROVED, approval) if signed else (PLANNED, None)
    row.save()


@transaction.atomic
def note_held(
    *, session: LiveSession, result: SessionResult, actor: User, now: datetime
) -> LiveSession:
    """Write down what a session brought; only one with a signed script is held."""
    require(actor, KEEP)
    row = locked(session)
    if row.state != APPROVED or row.approval is None:
        raise ContentError(_("Only a session with a signed script is held."))
    if row.starts_at > now:
        raise ContentError(_("This session has not begun yet."))
    use(
        approval_id=row.approval.pk,
        kind=APPROVAL,
        content=content_of(row),
        user=row.approval.requester,
        now=now,
    )
    row.viewers, row.interactions, row.cost = result.viewers, result.interactions, result.cost
    row.note, row.held_at, row.state = clean_text(result.note), now, HELD
    row.save()
    record(kind="live.held", actor=actor, subject=("live-session", row.pk), facts={}, now=now)
    return row


@transaction.atomic
def stop_session(*, session: LiveSession, reason: str, actor: User, now: datetime) -> LiveSession:
    """Call a session off, with a reason."""
    require(actor, KEEP)
    row = locked(session)
    if row.state in (HELD, STOPPED):
        raise ContentError(_("This session is over."))
    if not clean_text(reason):
        raise ValidationError({"reason": _("Say why it is called off.")})
    if row.approval is not None:
        _void(row, now)
    row.state, row.note = STOPPED, clean_text(reason)[:500]
    row.save()
    record(kind="live.stopped", actor=actor, subject=("live-session", row.pk), facts={}, now=now)
    return row


def content_of(row: LiveSession) -> dict[str, Any]:
    """Return what is signed of a session."""
    names = ("title", "kind", "platform", "script")
    return {name: getattr(row, name) for name in names} | {"node": row.project_id}


def locked(session: LiveSession) -> LiveSession:
    """Return the session as it stands, held until the transaction ends."""
    approval = LiveSession.objects.filter(pk=session.pk).values("approval")
    list(Approval.objects.select_for_update().filter(pk__in=approval))  # as a signature locks
    rows = LiveSession.objects.select_for_update(of=("self",))
    found: LiveSession = rows.select_related("approval__requester").get(pk=session.pk)
    return found


def _void(row: LiveSession, now: datetime) -> None:
    before, row.approval, row.state = row.approval, None, PLANNED
    if before is None:
        return
    LiveSession.objects.filter(pk=row.pk).update(approval=None, state=PLANNED)
    withdraw(approval_id=before.pk, requester=before.requester, now=now)


def _save_once(row: LiveSession) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "code" in str(error):
            raise ValidationError(
                {"code": _("Another session has this code. Choose another one.")}
            ) from error
        raise
