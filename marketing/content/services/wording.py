"""The wordings of an advert: scanned, kept for ever, and what of them is signed (MKT-28)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import amend, content_digest, withdraw
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text
from marketing.content import choices
from marketing.content.errors import ContentError
from marketing.content.models import Advert, AdvertClaim, AdvertEvent, AdvertVersion, Asset
from marketing.content.places import require
from marketing.content.policies import review_rules
from marketing.content.querysets import KEEP
from marketing.content.rules.adverts import WRITABLE, AdvertState, ClaimKind
from marketing.content.rules.scanning import Claim
from marketing.content.services.checking import Checked, check_text
from marketing.content.services.quoting import unproven_points

S = AdvertState


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A statement of the text, what it is about, and where its proof lies."""

    kind: str
    text: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A wording of an advert: the text, the facts used, its picture and claims."""

    text: str
    facts: str
    asset: Asset | None = None
    claims: tuple[ClaimDraft, ...] = field(default=())


@transaction.atomic
def write_wording(*, advert: Advert, wording: Wording, actor: User, now: datetime) -> AdvertVersion:
    """Add a wording, scanned under the words in force, and return it (MKT-28).

    In review or approved, another text voids every signature and starts a new round; one that
    does not pass the scan, or quotes a selling point without evidence, takes the advert back to the
    draft. The same content adds nothing.
    """
    require(actor, KEEP)
    row = locked(advert)
    if row.state not in WRITABLE:
        raise ContentError(_("A released advert stays as it is. Plan another one."))
    clean = _cleaned(wording)
    checked = check_text(
        f"{row.title}\n{clean.text}",
        claims=[Claim(one.text, one.evidence) for one in clean.claims],
        now=now,
    )
    digest = content_digest(_worded(row, clean))
    if row.version is not None and row.version.digest == digest:
        return row.version
    version = _keep(row, clean, checked, digest=digest, actor=actor, now=now)
    before, row.version, row.passes = row.state, version, checked.passes
    if row.state == S.PLANNED:
        row.state = S.DRAFT.value
    elif row.approval_id is not None and row.state in (S.REVIEW, S.APPROVED):
        _review_again(row, checked, actor=actor, now=now)
    row.save()
    if row.state != before:
        note(row, before, actor=actor, now=now)
    audit("advert.worded", row, actor, now, version=version.number, passes=version.passes)
    return version


def content_of(row: Advert, *, now: datetime) -> dict[str, Any]:
    """Return what is signed: the wording to the letter, its claims, what the scan said."""
    version = row.version
    if version is None:
        raise ContentError(_("Write the text first."))
    drafts = tuple(
        ClaimDraft(one.kind, one.text, one.evidence) for one in version.claims.order_by("pk")
    )
    wording = Wording(text=version.text, facts=version.facts, asset=version.asset, claims=drafts)
    about_value = any(one["level"] == "approval" for one in version.findings) or any(
        one.kind == ClaimKind.APPRECIATION for one in drafts
    )
    return _worded(row, wording) | {
        "number": row.number,
        "version": version.number,
        "words": version.policy_version,
        "findings": len(version.findings),
        "appreciation": about_value,
        "reviewers": list(review_rules(now).reviewers),
        "node": row.project_id,
    }


def locked(advert: Advert) -> Advert:
    """Return the advert as it stands, held until the transaction ends."""
    approval = Advert.objects.filter(pk=advert.pk).values("approval")
    list(Approval.objects.select_for_update().filter(pk__in=approval))  # as a signature locks
    rows = Advert.objects.select_for_update(of=("self",))
    rows = rows.select_related("version__asset", "approval__requester", "project")
    found: Advert = rows.get(pk=advert.pk)
    return found


def note(row: Advert, before: str, *, actor: User | None, now: datetime, words: str = "") -> None:
    """Write a step of an advert into its history and the audit trail."""
    AdvertEvent.objects.create(
        advert=row, at=now, from_state=before, to_state=row.state, note=words[:300], actor=actor
    )
    audit("advert.moved", row, actor, now, state=row.state)


def audit(kind: str, row: Advert, actor: User | None, now: datetime, **facts: Any) -> None:
    """Write into the audit trail what happened to an advert."""
    record(kind=kind, actor=actor, subject=("advert", row.pk), facts=facts, now=now)


def _worded(row: Advert, wording: Wording) -> dict[str, Any]:
    asset = wording.asset
    return {
        "title": row.title,
        "medium": row.medium,
        "text": wording.text,
        "facts": wording.facts,
        "asset": asset.pk if asset else None,
        "picture": _digest_of(asset),
        "claims": [[one.kind, one.text, one.evidence] for one in wording.claims],
    }


def _digest_of(asset: Asset | None) -> str:
    file = getattr(asset, "file", None) if asset is not None else None
    return file.digest if file is not None else ""


def _cleaned(wording: Wording) -> Wording:
    text = clean_lines(wording.text)
    if not text:
        raise ValidationError({"text": _("Write the text.")})
    known = dict(choices.CLAIM_KINDS)
    claims = tuple(
        ClaimDraft(one.kind, clean_text(one.text), clean_text(one.evidence))
        for one in wording.claims
        if one.kind in known and clean_text(one.text)
    )
    return Wording(text=text, facts=clean_lines(wording.facts), asset=wording.asset, claims=claims)


def _keep(
    row: Advert, wording: Wording, checked: Checked, *, digest: str, actor: User, now: datetime
) -> AdvertVersion:
    version = AdvertVersion.objects.create(
        advert=row,
        number=row.versions.count() + 1,
        text=wording.text,
        facts=wording.facts,
        asset=wording.asset,
        asset_digest=_digest_of(wording.asset),
        digest=digest,
        findings=checked.findings,
        unproven=checked.unproven,
        policy_version=checked.version,
        passes=checked.passes,
        written_by=actor,
        written_at=now,
    )
    AdvertClaim.objects.bulk_create(
        AdvertClaim(version=version, kind=one.kind, text=one.text, evidence=one.evidence)
        for one in wording.claims
    )
    return version


def keep_again(
    version: AdvertVersion,
    claims: list[AdvertClaim],
    checked: Checked,
    *,
    actor: User,
    now: datetime,
) -> AdvertVersion:
    """Keep the same wording once more with what the words in force say about it."""
    drafts = tuple(ClaimDraft(one.kind, one.text, one.evidence) for one in claims)
    wording = Wording(text=version.text, facts=version.facts, asset=version.asset, claims=drafts)
    row = version.advert
    return _keep(row, wording, checked, digest=version.digest, actor=actor, now=now)


def _review_again(row: Advert, checked: Checked, *, actor: User, now: datetime) -> None:
    """Void the signatures of the text before; a text that is held back ends the review."""
    approval = row.approval
    if approval is None:
        return
    if checked.passes and not unproven_points(row):
        amend(
            approval_id=approval.pk,
            content=content_of(row, now=now),
            requester=actor,
            now=now,
        )
        row.state = S.REVIEW.value
        return
    row.approval, row.state = None, S.DRAFT.value
    row.save()
    withdraw(approval_id=approval.pk, requester=actor, now=now)
