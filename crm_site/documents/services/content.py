"""What exactly is signed and read, and the lock under which it changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import content_digest
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.documents.models import Document, DocumentEvent, DocumentFile, DocumentVersion
from crm_site.documents.registry import DocumentKind, document_kind
from crm_site.staff.models import User

AT_WORK = [DocumentVersion.State.DRAFT, DocumentVersion.State.REVIEW]


def require_kind(key: str, actor: User) -> DocumentKind:
    """Return the kind ``key``; raise NotAllowedError unless ``actor`` may write it."""
    kind = document_kind(key)
    if kind is None:
        raise RefusedError(_("There is no such kind of document."), code="no-kind")
    if not actor.has_perm(kind.edit_permission):
        raise NotAllowedError(_("Your role does not write this kind of document."))
    return kind


def content_of(version: DocumentVersion) -> dict[str, Any]:
    """Return everything of a version that is signed and confirmed, to the letter."""
    document, file = version.document, file_of(version)
    return {
        "kind": document.kind,
        "number": document.number,
        "version": version.number,
        "subject": [document.subject_kind, document.subject_id],
        "title": version.title,
        "sections": [dict(section) for section in version.sections],
        "from": version.effective_from.isoformat(),
        "until": version.effective_until.isoformat() if version.effective_until else "",
        "file": {"name": file.name, "digest": file.digest} if file else {},
    }


def digest_of(version: DocumentVersion) -> str:
    """Return SHA-256 of what is signed and confirmed."""
    return content_digest(content_of(version))


def file_of(version: DocumentVersion) -> DocumentFile | None:
    """Return the file of a version without its bytes, or None."""
    return DocumentFile.objects.defer("content").filter(version=version).first()


def lock_document(document: Document) -> tuple[Document, DocumentVersion | None]:
    """Lock approval and document, in that order as a signature does; return both as they are now.

    The second is the version at work, None where there is none.
    """
    versions = DocumentVersion.objects.filter(document=document, state__in=AT_WORK)
    asked = versions.values_list("approval_id", flat=True).first()
    if asked is not None:
        list(Approval.objects.select_for_update().filter(pk=asked).values_list("pk"))
    current = Document.objects.select_for_update().get(pk=document.pk)
    version: DocumentVersion | None = versions.select_related("document").first()
    if (version.approval_id if version else None) != asked:
        raise StaleError(_("Somebody else changed this document meanwhile. Reload."))
    return current, version


def note_event(
    version: DocumentVersion,
    kind: DocumentEvent.Kind,
    *,
    actor: User | None,
    now: datetime,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write what happened to a version, in its history and in the audit trail."""
    DocumentEvent.objects.create(
        document_id=version.document_id,
        number=version.number,
        kind=kind,
        note=note[:300],
        actor=actor,
        at=now,
    )
    record(
        kind=f"document.{kind.value}",
        actor=actor,
        subject=("document", version.document_id),
        reason=note[:300],
        facts={"version": version.number, **(facts or {})},
        now=now,
    )
