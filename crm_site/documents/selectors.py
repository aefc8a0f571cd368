"""Documents in words, for lists and pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from crm_site.common.subjects import Reference, references
from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.registry import DocumentKind
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """A document as a table prints it; ``standing`` is the key of its mark."""

    document: Document
    kind: DocumentKind | None
    subject: Reference | None
    version: DocumentVersion | None
    standing: str
    at_work: DocumentVersion | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version with the key of its mark."""

    version: DocumentVersion
    standing: str


def with_versions(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return documents with their versions at hand, without the texts."""
    light = DocumentVersion.objects.defer("text", "tokens", "sections").order_by("-number")
    return documents.select_related("holder").prefetch_related(Prefetch("versions", light))


def lines(documents: Iterable[Document], *, user: User, today: date) -> list[Line]:
    """Return documents, read by ``with_versions``, in words; one query per kind of subject."""
    found = list(documents)
    pairs = [(row.subject_kind, str(row.subject_id)) for row in found]
    known = references([pair for pair in pairs if pair[0]], user)
    return [
        _line(row, known.get(pair), user=user, today=today)
        for row, pair in zip(found, pairs, strict=True)
    ]


def version_lines(document: Document, *, user: User, today: date) -> list[VersionLine]:
    """Return the versions ``user`` may read, the latest first."""
    found = readable(document, user).select_related("author", "approval")
    rows = list(found.defer("text", "tokens", "sections").order_by("-number"))
    latest = latest_number(rows, today)
    return [VersionLine(row, row.standing(latest=latest, today=today)) for row in rows]


def readable(document: Document, user: User) -> QuerySet[DocumentVersion]:
    """Return the versions ``user`` may read: approved ones, and all for who writes or signs."""
    kind = document.definition
    rows = DocumentVersion.objects.filter(document=document)
    works = kind is not None and kind.works_on(user)
    return rows if works or document.holder_id == user.pk else rows.approved()


def latest_number(versions: Iterable[Any], today: date) -> int | None:
    """Return the number of the latest approved version whose first day has come."""
    begun = [one.number for one in versions if one.is_approved and one.effective_from <= today]
    return max(begun, default=None)


def version_in_force(
    kind: str, subject_kind: str, subject_id: int, *, today: date
) -> DocumentVersion | None:
    """Return the latest version of such a document that counts on ``today``, None without one."""
    documents = Document.objects.about(kind, subject_kind, subject_id)
    found = DocumentVersion.objects.in_force(today).filter(document__in=documents)
    return found.select_related("document").order_by("-approved_at", "-pk").first()


def _line(row: Document, about: Reference | None, *, user: User, today: date) -> Line:
    kind, versions = row.definition, list(row.versions.all())
    latest = latest_number(versions, today)
    shown = next((one for one in versions if one.number == latest), None)
    shown = shown or next((one for one in versions if one.is_approved), None)
    works = kind is not None and (kind.works_on(user) or row.holder_id == user.pk)
    at_work = next((one for one in versions if not one.is_approved), None) if works else None
    main = shown or at_work
    standing = main.standing(latest=latest, today=today) if main else ""
    return Line(row, kind, about, main, standing, at_work if main is not at_work else None)
