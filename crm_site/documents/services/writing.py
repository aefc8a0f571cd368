"""Writing a document and its next version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.approvals.services import amend
from crm_site.common.files import Taken
from crm_site.common.grams import fold, pieces
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.common.subjects import resolve
from crm_site.documents.models import Document, DocumentEvent, DocumentFile, DocumentVersion
from crm_site.documents.services.approving import refuse_incomplete
from crm_site.documents.services.content import content_of, lock_document, note_event, require_kind
from crm_site.staff.models import User

MAX_LETTERS = 100_000
MAX_SECTIONS = 60
Event = DocumentEvent.Kind
Section = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants written; ``file`` None keeps the file that is there."""

    title: str
    sections: tuple[Section, ...]
    effective_from: date
    effective_until: date | None = None
    note: str = ""
    file: Taken | None = None
    drop_file: bool = False
    holder: User | None = None


@transaction.atomic
def create_document(
    *, kind: str, draft: Draft, subject_id: int | None, actor: User, now: datetime
) -> Document:
    """Write a document with its first version as a draft and return it.

    Raise NotAllowedError without the right or where the subject is not for ``actor``'s eyes,
    ValidationError for dates and texts that cannot be.
    """
    found = require_kind(kind, actor)
    clean = _checked(draft)
    if found.subject_kind:
        about = None if subject_id is None else resolve(found.subject_kind, subject_id, actor)
        if about is None:
            raise NotAllowedError(_("There is no such record among those you can see."))
    document = Document.objects.create(
        kind=found.key,
        number=uuid4().hex[:30],  # until its key is known
        title=draft.title,
        subject_kind=found.subject_kind,
        subject_id=subject_id if found.subject_kind else None,
        holder=draft.holder or actor,
        created_at=now,
    )
    document.number = f"{found.prefix}-{document.pk:05d}"
    document.save(update_fields=["number"])
    _begin(document, draft, clean, actor=actor, now=now)
    return document


@transaction.atomic
def change_document(
    *, document: Document, draft: Draft, actor: User, now: datetime
) -> DocumentVersion:
    """Write the version at work, or begin the next one, and return it.

    In review only who asked for the signatures changes the text, and all given so far are void.
    """
    require_kind(document.kind, actor)
    clean = _checked(draft)
    current, version = lock_document(document)
    _hand_over(current, draft, actor=actor, now=now)
    if version is None:
        return _begin(current, draft, clean, actor=actor, now=now)
    in_review = version.state == DocumentVersion.State.REVIEW
    if in_review and version.approval and version.approval.requester_id != actor.pk:
        raise RefusedError(
            _("The text is being signed. Only who asked for it can change it; withdraw it first."),
            code="in-review",
        )
    before = content_of(version), version.note
    _write(version, draft, clean)
    if (content_of(version), version.note) == before:
        return version
    version.save()
    if in_review and version.approval_id:
        refuse_incomplete(version)
        amend(
            approval_id=version.approval_id,
            content=content_of(version),
            requester=actor,
            now=now,
        )
    _follow_title(current, version)
    note_event(version, Event.CHANGED, actor=actor, now=now)
    return version


@transaction.atomic
def discard_draft(*, document: Document, actor: User, now: datetime) -> None:
    """Throw the draft of the next version away; the first version of a document stays."""
    require_kind(document.kind, actor)
    current, version = lock_document(document)
    if version is None or version.state != DocumentVersion.State.DRAFT or version.number == 1:
        raise RefusedError(_("There is no draft of a next version."), code="no-draft")
    note_event(version, Event.DISCARDED, actor=actor, now=now)
    version.delete()
    last = current.versions.order_by("-number").first()
    if last is not None:
        _follow_title(current, last)


def text_of(title: str, number: str, sections: Iterable[Section]) -> str:
    """Return the folded text by which a version is found."""
    parts = [number, title, *(f"{one['title']}\n{one['text']}" for one in sections)]
    return fold("\n".join(parts))


def _begin(
    document: Document, draft: Draft, clean: list[dict[str, str]], *, actor: User, now: datetime
) -> DocumentVersion:
    last = document.versions.order_by("-number").first()
    version = DocumentVersion(
        document=document,
        number=last.number + 1 if last else 1,
        author=actor,
        created_at=now,
        effective_from=draft.effective_from,
    )
    version.title = draft.title
    version.save()
    if last is not None and draft.file is None and not draft.drop_file:
        _copy_file(last, version)
    _write(version, draft, clean)
    version.save()
    _follow_title(document, version)
    note_event(version, Event.WRITTEN, actor=actor, now=now, note=draft.note)
    return version


def _write(version: DocumentVersion, draft: Draft, clean: list[dict[str, str]]) -> None:
    """Put the draft into the version; only its file is saved here."""
    version.title, version.sections, version.note = draft.title, clean, draft.note
    version.effective_from, version.effective_until = draft.effective_from, draft.effective_until
    version.text = text_of(draft.title, version.document.number, clean)
    version.tokens = sorted(pieces(version.text))
    if draft.drop_file:
        DocumentFile.objects.filter(version=version).delete()
    if draft.file is not None:
        DocumentFile.objects.update_or_create(version=version, defaults=draft.file.values())


def _copy_file(before: DocumentVersion, version: DocumentVersion) -> None:
    file = DocumentFile.objects.filter(version=before).first()
    if file is not None:
        taken = Taken(file.name, file.media_type, file.data())
        DocumentFile.objects.create(version=version, **taken.values())


def _hand_over(document: Document, draft: Draft, *, actor: User, now: datetime) -> None:
    if draft.holder is None or draft.holder.pk == document.holder_id:
        return
    document.holder = draft.holder
    document.save(update_fields=["holder", "updated_at"])
    last = document.versions.order_by("-number").first()
    if last is not None:
        facts = {"holder": draft.holder.pk}
        note_event(last, Event.HELD, actor=actor, now=now, note=draft.holder.name, facts=facts)


def _follow_title(document: Document, version: DocumentVersion) -> None:
    document.title = version.title
    document.save(update_fields=["title", "updated_at"])


def _checked(draft: Draft) -> list[dict[str, str]]:
    """Return the sections without empty ones; raise ValidationError for what cannot be."""
    if draft.effective_until is not None and draft.effective_until < draft.effective_from:
        raise ValidationError(
            {"effective_until": _("The last day lies before the first. Choose a later one.")}
        )
    kept: list[dict[str, Any]] = [
        {"title": one["title"].strip(), "text": one["text"].strip()}
        for one in draft.sections
        if one["title"].strip() or one["text"].strip()
    ]
    letters = sum(len(one["title"]) + len(one["text"]) for one in kept)
    if len(kept) > MAX_SECTIONS or letters > MAX_LETTERS:
        raise ValidationError(
            _("The text is too long: at most %(sections)s sections and %(letters)s characters.")
            % {"sections": MAX_SECTIONS, "letters": MAX_LETTERS}
        )
    return kept
