"""The controlled documents of the demo's projects, signed, and confirmed by those who sell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone, translation

from crm_site.common.grams import pieces
from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.demo.property import Site
from crm_site.demo.signing import Desk, Signed
from crm_site.documents.models import Acknowledgement, Document, DocumentEvent, DocumentVersion
from crm_site.documents.registry import DocumentKind, document_kind
from crm_site.documents.services.content import content_of
from crm_site.documents.services.writing import text_of
from crm_site.staff.models import User
from customers.handover.papers import ATTACHMENTS
from customers.importers.copying import take_keys
from customers.property.papers import PROJECT, REVIEW, SALES_MANUAL, UNIFORM_WORDING

BEFORE_LAUNCH, BEFORE_HANDOVER = 30, 45  # days from which the papers are in force
SIGNED_BEFORE = timedelta(days=3)
Event = DocumentEvent.Kind


@dataclass(frozen=True, slots=True)
class People:
    """Who writes and signs the papers of a project."""

    author: User
    signers: Mapping[str, User]


def keep_papers(company: Company, sites: Sequence[Site], *, desk: Desk) -> None:
    """Write sales manual, wording and what goes with handovers of every project on sale.

    The first of the projects that wait for their launch has its wording, and no manual yet.
    """
    waiting = next(site for site in sites if not site.is_launched)
    versions, people = [], []
    for site in sites:
        author = _author(site)
        for kind, day in _wanted(site, is_waiting=site is waiting):
            versions.append(_version(kind, site, day, author.author))
            people.append(author)
    documents = [version.document for version in versions]
    for key, document in zip(take_keys(Document, len(documents)), documents, strict=True):
        found = document_kind(document.kind)
        document.pk, document.number = key, f"{found.prefix if found else ''}-{key:05d}"
    Document.objects.bulk_create(documents)
    for key, version in zip(take_keys(DocumentVersion, len(versions)), versions, strict=True):
        version.pk = key
        version.text = text_of(version.title, version.document.number, version.sections)
        version.tokens = sorted(pieces(version.text))
    contents = [content_of(version) for version in versions]
    approvals = desk.write(
        [
            Signed(
                kind=f"document:{version.document.kind}",
                subject=("document", version.document_id),
                title=f"{version.document.number} {version.title} V1",
                content=content,
                author=version.author,
                signers=_signers(version.document.kind, who),
                asked_at=version.created_at + timedelta(hours=2),
            )
            for version, who, content in zip(versions, people, contents, strict=True)
        ]
    )
    for version, approval in zip(versions, approvals, strict=True):
        version.approval, version.approved_at = approval, approval.used_at
    made = DocumentVersion.objects.bulk_create(versions)
    DocumentEvent.objects.bulk_create(event for version in made for event in _events(version))
    digests = [approval.digest for approval in approvals]
    _acknowledge(company, list(zip(made, digests, strict=True)))


def _author(site: Site) -> People:
    name = "marketing" if site.place == 0 else "executive"
    users = User.objects.in_bulk((name, "service_manager", "head_office"), field_name="username")
    signers = {"review": users["service_manager"], "approve": users["head_office"]}
    return People(users[name], signers)


def _signers(kind: str, people: People) -> list[User]:
    found = document_kind(kind)
    assert found is not None  # noqa: S101 -- registered
    return [people.signers["review" if step == REVIEW else "approve"] for step in found.approvers]


def _wanted(site: Site, *, is_waiting: bool) -> Iterator[tuple[DocumentKind, date]]:
    begun = site.launch_on - timedelta(days=BEFORE_LAUNCH)
    if is_waiting:
        begun -= timedelta(days=BEFORE_LAUNCH)
    kinds = [UNIFORM_WORDING, SALES_MANUAL] if site.is_launched else [UNIFORM_WORDING] * is_waiting
    days = dict.fromkeys(kinds, begun)
    if site.is_launched:
        days |= dict.fromkeys(ATTACHMENTS, site.first_handover - timedelta(days=BEFORE_HANDOVER))
    for key, day in days.items():
        found = document_kind(key)
        if found is not None:
            yield found, day


def _version(kind: DocumentKind, site: Site, day: date, author: User) -> DocumentVersion:
    at = timezone.make_aware(datetime.combine(day, time(10))) - SIGNED_BEFORE
    with translation.override("zh-hans"):
        title = f"{site.project.name}{kind.label}"
        sections = [
            {"title": str(label), "text": _text(kind.key, place, site)}
            for place, label in enumerate(kind.sections)
        ]
    document = Document(
        kind=kind.key,
        title=title,
        subject_kind=PROJECT,
        subject_id=site.project.pk,
        holder=author,
        created_at=at,
    )
    return DocumentVersion(
        document=document,
        number=1,
        state=DocumentVersion.State.APPROVED,
        title=title,
        sections=sections,
        effective_from=day,
        author=author,
        created_at=at,
    )


def _text(kind: str, place: int, site: Site) -> str:
    texts = words.PAPERS[kind]
    return texts[place % len(texts)].format(project=site.project.name, city=site.project.city)


def _events(version: DocumentVersion) -> Iterator[DocumentEvent]:
    approved_at = version.approved_at or version.created_at
    for kind, at in (
        (Event.WRITTEN, version.created_at),
        (Event.SUBMITTED, version.created_at + timedelta(hours=2)),
        (Event.APPROVED, approved_at),
    ):
        yield DocumentEvent(
            document=version.document, number=1, kind=kind, actor=version.author, at=at
        )


def _acknowledge(company: Company, versions: Sequence[tuple[DocumentVersion, str]]) -> None:
    """Let every consultant confirm what its readers confirm, on its first day."""
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            version=version,
            user=person,
            digest=digest,
            at=timezone.make_aware(datetime.combine(version.effective_from, time(9, 10 + place))),
        )
        for version, digest in versions
        if version.document.kind in (SALES_MANUAL, UNIFORM_WORDING)
        for place, person in enumerate(
            company.consultants.get(version.document.subject_id or 0, ())
        )
    )
