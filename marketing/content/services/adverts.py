"""Adverts: planned, worded, reviewed by all departments, released (MKT-25, 27, 28; PLT-12)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use, withdraw
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from marketing.content import choices
from marketing.content.errors import ContentError
from marketing.content.models import Advert
from marketing.content.places import region_of, require
from marketing.content.querysets import KEEP
from marketing.content.rules.adverts import AdvertState, may_move
from marketing.content.rules.scanning import Claim
from marketing.content.services.checking import Checked, check_text
from marketing.content.services.quoting import require_proven
from marketing.content.services.wording import audit, content_of, keep_again, locked, note

APPROVAL: Final = "advert"
LOCK: Final = 0x616476  # the numbers of adverts are given one after the other
S = AdvertState


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertDraft:
    """What is planned: for what, where, by whom."""

    title: str
    medium: str
    plan: str
    owner: User
    project: Project | None = None
    campaign_code: str = ""


@transaction.atomic
def plan_advert(*, draft: AdvertDraft, actor: User, now: datetime) -> Advert:
    """Write down an advert that is planned, under a new number, and return it."""
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    advert = Advert.objects.create(
        number=_next_number(now),
        title=clean_text(draft.title),
        medium=draft.medium,
        campaign_code=draft.campaign_code,
        plan=clean_lines(draft.plan),
        owner=draft.owner,
        project=draft.project,
        region_id=region,
        created_by=actor,
        created_at=now,
    )
    note(advert, "", actor=actor, now=now)
    return advert


@transaction.atomic
def change_plan(*, advert: Advert, draft: AdvertDraft, actor: User, now: datetime) -> Advert:
    """Change what is planned, before anybody reviews it; return the advert."""
    require(actor, KEEP)
    row = locked(advert)
    if row.state not in (S.PLANNED, S.DRAFT):
        raise ContentError(_("The plan of an advert in review stays as it is."))
    row.region_id = region_of(actor, draft.project)
    row.project, row.owner, row.medium = draft.project, draft.owner, draft.medium
    row.title, row.plan = clean_text(draft.title), clean_lines(draft.plan)
    row.campaign_code = draft.campaign_code
    row.save()
    audit("advert.planned", row, actor, now)
    return row


@transaction.atomic
def ask_review(*, advert: Advert, actor: User, now: datetime) -> Approval:
    """Ask every department for its signature, then the final approval; return the approval.

    The latest wording is scanned again: raise ContentError with the words that keep it back, or
    with the selling points that nothing proves.
    """
    require(actor, KEEP)
    row = locked(advert)
    _require_move(row, S.REVIEW)
    version = row.version
    if version is None:
        raise ContentError(_("Write the text first."))
    claims = list(version.claims.order_by("pk"))
    checked = check_text(
        f"{row.title}\n{version.text}",
        claims=[Claim(one.text, one.evidence) for one in claims],
        now=now,
    )
    _require_passed(checked)
    require_proven(row)
    if checked.version != version.policy_version or not version.passes:
        version = keep_again(version, claims, checked, actor=actor, now=now)
        row.version, row.passes = version, True
    asked = Asked(
        kind=APPROVAL,
        title=str(row),
        content=content_of(row, now=now),
        subject=("advert", row.pk),
    )
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    before, row.state = row.state, S.REVIEW.value
    row.save()
    note(row, before, actor=actor, now=now)
    return row.approval


@transaction.atomic
def decide_advert(approval: Approval, now: datetime) -> None:
    """Take an advert on once everybody signed, back to the draft where it was refused."""
    rows = Advert.objects.select_for_update(of=("self",))
    row = rows.filter(approval=approval, state__in=[S.REVIEW, S.APPROVED]).first()
    if row is None:
        return
    signed = approval.state == Approval.State.APPROVED
    before, row.state = row.state, (S.APPROVED if signed else S.DRAFT).value
    row.approval = approval if signed else None
    row.save()
    note(row, before, actor=None, now=now, words=str(Approval.State(approval.state).label))


@transaction.atomic
def release(*, advert: Advert, actor: User, now: datetime) -> Advert:
    """Release an advert on its approval, which is used up, and return it (MKT-27).

    Raise ContentError before the approval and for a selling point whose evidence is gone since,
    ApprovalNotUsableError where what was signed is not the text that stands, or ran out.
    """
    require(actor, KEEP)
    row = locked(advert)
    if row.state != S.APPROVED or row.approval is None:
        raise ContentError(_("Only an approved advert is released: ask for the joint review."))
    require_proven(row)
    signed = row.approval
    use(
        approval_id=signed.pk,
        kind=APPROVAL,
        content=content_of(row, now=now) | _as_signed(signed),
        user=signed.requester,
        now=now,
    )
    row.state, row.released_at, row.released_by = S.RELEASED.value, now, actor
    row.save()
    note(row, S.APPROVED.value, actor=actor, now=now)
    return row


@transaction.atomic
def stop_advert(*, advert: Advert, reason: str, actor: User, now: datetime) -> Advert:
    """Give an advert up before its release, with a reason; a running review is withdrawn."""
    require(actor, KEEP)
    row = locked(advert)
    _require_move(row, S.STOPPED)
    words = clean_text(reason)
    if not words:
        raise ValidationError({"reason": _("Say why it is given up.")})
    if row.approval is not None:
        waiting, row.approval = row.approval, None
        row.save(update_fields=["approval", "updated_at"])
        withdraw(approval_id=waiting.pk, requester=waiting.requester, now=now)
    before, row.state = row.state, S.STOPPED.value
    row.save()
    note(row, before, actor=actor, now=now, words=words)
    return row


def _as_signed(approval: Approval) -> dict[str, Any]:
    """Return what may change after the signatures without touching the text: who had to sign."""
    return {"reviewers": approval.content["reviewers"]}


def _require_passed(checked: Checked) -> None:
    if checked.banned:
        words = _("Banned words stand in the text: %(words)s. Change it first.")
        raise ContentError(words % {"words": ", ".join(checked.banned)}, code="banned-words")
    if checked.unproven:
        words = _("These words need a claim with its evidence: %(words)s.")
        found = ", ".join(dict.fromkeys(one["found"] for one in checked.unproven))
        raise ContentError(words % {"words": found}, code="evidence-missing")


def _require_move(row: Advert, to: AdvertState) -> None:
    if not may_move(row.state, to):
        words = dict(choices.ADVERT_STATES)
        message = _("This step does not follow: the advert is “%(state)s”.")
        raise ContentError(message % {"state": words[row.state]})


def _next_number(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    year = timezone.localdate(now).year
    count = Advert.objects.filter(number__startswith=f"GG{year}-").count()
    return f"GG{year}-{count + 1:04d}"
