"""From the draft to the version that counts: signatures by ``crm_site.approvals``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.common.refusals import RefusedError
from crm_site.documents.models import Document, DocumentEvent, DocumentVersion
from crm_site.documents.services.content import (
    content_of,
    file_of,
    lock_document,
    note_event,
    require_kind,
)
from crm_site.documents.services.telling import ask_readers
from crm_site.staff.models import User

Event = DocumentEvent.Kind
State = DocumentVersion.State


class NotReadyError(RefusedError):
    """The version cannot be sent for approval as it is."""

    code = "document-not-ready"


@transaction.atomic
def submit_version(*, document: Document, actor: User, now: datetime) -> DocumentVersion:
    """Ask for the signatures the kind wants and return the version; without any it counts at once.

    Raise NotReadyError where there is no draft, nothing to read, or its time is over.
    """
    kind = require_kind(document.kind, actor)
    _current, version = lock_document(document)
    if version is None or version.state != State.DRAFT:
        raise NotReadyError(_("There is no draft to send. Reload to see how it stands."))
    _check_ready(version, timezone.localdate(now))
    refuse_incomplete(version)
    if not kind.approvers:
        _approve(version, actor, now)
        return version
    title = f"{version.document.number} {version.title} V{version.number}"
    version.approval = request_approval(
        asked=Asked(
            kind=kind.approval,
            title=title[:200],
            content=content_of(version),
            reason=version.note,
            subject=("document", version.document_id),
        ),
        requester=actor,
        now=now,
    )
    version.state = State.REVIEW
    version.save(update_fields=["approval", "state", "updated_at"])
    note_event(version, Event.SUBMITTED, actor=actor, now=now)
    return version


def decided(approval: Approval, now: datetime) -> None:
    """Follow the approval: the version counts, or is a draft again."""
    waiting = DocumentVersion.objects.filter(approval=approval, state=State.REVIEW)
    version = waiting.select_related("document").first()
    if version is None:
        return
    if approval.state == Approval.State.APPROVED:
        use(
            approval_id=approval.pk,
            kind=approval.kind,
            content=content_of(version),
            user=approval.requester,
            now=now,
        )
        _approve(version, approval.requester, now)
        return
    version.state = State.DRAFT
    version.save(update_fields=["state", "updated_at"])
    refusal = approval.signatures.filter(is_refusal=True).order_by("-at").first()
    note_event(
        version,
        Event.RETURNED,
        actor=refusal.signer if refusal else None,
        now=now,
        note=refusal.reason if refusal else str(Approval.State(approval.state).label),
    )


def described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what is signed in words: number, version, time, file, every section."""
    lines: list[tuple[Any, Any]] = [
        (_("Document"), f"{content['number']} · V{content['version']}"),
        (_("Title"), content["title"]),
        (_("In force from"), _day(content["from"])),
    ]
    if content["until"]:
        lines.append((_("In force until"), _day(content["until"])))
    if content["file"]:
        lines.append((_("File"), f"{content['file']['name']} ({content['file']['digest'][:12]})"))
    return lines + [(one["title"] or _("Text"), one["text"]) for one in content["sections"]]


def _approve(version: DocumentVersion, actor: User, now: datetime) -> None:
    version.state, version.approved_at = State.APPROVED, now
    version.save(update_fields=["state", "approved_at", "updated_at"])
    note_event(version, Event.APPROVED, actor=actor, now=now)
    ask_readers(version, now=now)


def _check_ready(version: DocumentVersion, today: date) -> None:
    if not any(one["text"] for one in version.sections) and file_of(version) is None:
        raise NotReadyError(_("There is nothing to read yet. Write a section or attach a file."))
    if version.effective_until is not None and version.effective_until < today:
        raise NotReadyError(_("Its last day is over. Choose a later one first."))


def refuse_incomplete(version: DocumentVersion) -> None:
    """Raise NotReadyError where a part or the last day that its kind asks for is missing."""
    kind = version.document.definition
    if kind is None:
        return
    missing = missing_parts(version) if kind.is_complete else []
    if missing:
        raise NotReadyError(
            _("These parts are missing: %(parts)s. Write each under its heading.")
            % {"parts": _(", ").join(missing)}
        )
    if kind.needs_end and version.effective_until is None:
        raise NotReadyError(_("This kind of document needs a last day."))


def missing_parts(version: DocumentVersion) -> list[str]:
    """Return the headings of its kind under which nothing is written, in any language offered."""
    kind = version.document.definition
    written = {_plain(one["title"]) for one in version.sections if one["text"].strip()}
    missing = []
    for label in kind.sections if kind else ():
        names = set()
        for code, _name in settings.LANGUAGES:
            with override(code):
                names.add(_plain(str(label)))
        if not names & written:
            missing.append(str(label))
    return missing


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")
