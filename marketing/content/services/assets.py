"""Assets and the messages by core value and segment (MKT-23)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, withdraw
from crm_site.audit.services import record
from crm_site.common.files import Taken
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from marketing.campaigns.hooks import segments_for
from marketing.content.errors import ContentError
from marketing.content.models import Asset, AssetFile, Message
from marketing.content.places import region_of, require
from marketing.content.querysets import KEEP
from marketing.content.services.checking import check_text

APPROVAL: Final = "content-message"
VALUE: Final = "appreciation"
LIVE: Final = (Approval.State.WAITING, Approval.State.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDraft:
    """What is kept of an asset; ``file`` None keeps the one that stands."""

    title: str
    kind: str
    rights: str
    project: Project | None = None
    core_value: str = ""
    note: str = ""
    link: str = ""
    taken_on: date | None = None
    file: Taken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """What is said about a core value, to the people of a segment or to everybody."""

    core_value: str
    headline: str
    body: str
    project: Project | None = None
    segment_id: int | None = None
    asset: Asset | None = None


@transaction.atomic
def save_asset(*, asset: Asset | None, draft: AssetDraft, actor: User, now: datetime) -> Asset:
    """Write an asset and return it.

    Raise ValidationError for a real-scene photo without its day, and where there is nothing to
    show: neither a file nor an address.
    """
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    row = Asset(created_by=actor, created_at=now) if asset is None else _held(asset)
    if draft.kind == "photo" and draft.taken_on is None:
        raise ValidationError({"taken_on": _("A real-scene photo names the day it was taken.")})
    if draft.file is None and not draft.link and not hasattr(row, "file"):
        raise ValidationError(_("Add a picture or paper, or the address of the film."))
    for name in ("kind", "core_value", "link", "taken_on", "project"):
        setattr(row, name, getattr(draft, name))
    row.title, row.rights = clean_text(draft.title), clean_text(draft.rights)
    row.note, row.region_id = clean_text(draft.note), region
    row.save()
    if draft.file is not None:
        AssetFile.objects.update_or_create(asset=row, defaults=draft.file.values())
    record(kind="asset.saved", actor=actor, subject=("asset", row.pk), facts={}, now=now)
    return row


@transaction.atomic
def retire_asset(*, asset: Asset, actor: User, now: datetime) -> Asset:
    """Take an asset out of use; what used it keeps it."""
    require(actor, KEEP)
    row = _held(asset)
    if row.retired_at is None:
        row.retired_at = now
        row.save(update_fields=["retired_at", "updated_at"])
        record(kind="asset.retired", actor=actor, subject=("asset", row.pk), facts={}, now=now)
    return row


@transaction.atomic
def save_message(
    *, message: Message | None, draft: MessageDraft, actor: User, now: datetime
) -> Message:
    """Write a message, scanned, and return it; about keeping value it waits for a signature.

    Raise ValidationError for banned words, for words without proof (a message carries none), for
    a segment the person does not see, and for a second message of the same place and segment.
    """
    require(actor, KEEP)
    region = region_of(actor, draft.project)
    row = message or Message(created_by=actor, created_at=now)
    if row.approval_id is not None:
        _withdraw(row, now)
    headline, body = clean_text(draft.headline), clean_lines(draft.body)
    found = check_text(f"{headline}\n{body}", now=now)
    held_back = [*found.banned, *(one["found"] for one in found.unproven)]
    if held_back:
        words = _("These words cannot stand in a message: %(words)s.")
        raise ValidationError({"body": words % {"words": ", ".join(dict.fromkeys(held_back))}})
    known = {*dict(segments_for(actor)), row.segment_id}
    if draft.segment_id is not None and draft.segment_id not in known:
        raise ValidationError({"segment_id": _("Choose one of the segments.")})
    row.core_value, row.segment_id, row.asset = draft.core_value, draft.segment_id, draft.asset
    row.project, row.region_id, row.headline, row.body = draft.project, region, headline, body
    row.findings, row.policy_version, row.approval_id = found.findings, found.version, None
    special = draft.core_value == VALUE or found.is_about_value
    row.state = Message.State.WAITING if special else Message.State.READY
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "message_once_per_segment" in str(error):
            raise ValidationError(
                _("There is a message about this value for these people already. Change it.")
            ) from error
        raise
    if special:
        _ask(row, actor, now)
    record(
        kind="content.message", actor=actor, subject=("content-message", row.pk), facts={}, now=now
    )
    return row


@transaction.atomic
def decide_message(approval: Approval, now: datetime) -> None:
    """Make a message ready once it is signed; refused, withdrawn and late ones stay back."""
    rows = Message.objects.select_for_update(of=("self",))
    row = rows.filter(approval_id=approval.pk, state=Message.State.WAITING).first()
    if row is None:
        return
    signed = approval.state == Approval.State.APPROVED
    row.state = Message.State.READY if signed else Message.State.REFUSED
    row.save(update_fields=["state", "updated_at"])


def content_of(row: Message) -> dict[str, Any]:
    """Return what is signed of a message."""
    return {"value": row.core_value, "headline": row.headline, "body": row.body}


def _ask(row: Message, actor: User, now: datetime) -> None:
    asked = Asked(
        kind=APPROVAL,
        title=row.headline,
        content=content_of(row),
        subject=("content-message", row.pk),
    )
    row.approval_id = request_approval(asked=asked, requester=actor, now=now).pk
    row.save(update_fields=["approval_id", "updated_at"])


def _withdraw(row: Message, now: datetime) -> None:
    asked: Any = row.approval_id
    before = Approval.objects.select_related("requester").get(pk=asked)
    row.approval_id, row.state = None, Message.State.WAITING
    row.save(update_fields=["approval_id", "state", "updated_at"])
    if before.state in LIVE:
        withdraw(approval_id=before.pk, requester=before.requester, now=now)


def _held(asset: Asset) -> Asset:
    found: Asset = Asset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
    if found.retired_at is not None:
        raise ContentError(_("This asset is out of use."))
    return found
