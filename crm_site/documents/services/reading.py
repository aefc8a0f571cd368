"""Who has to read a document and who has confirmed it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.documents.models import Acknowledgement, Document, DocumentVersion
from crm_site.documents.services.content import digest_of
from crm_site.staff.models import User
from crm_site.staff.selectors import staff_under


def readers_of(document: Document) -> QuerySet[User]:
    """Return who has to confirm the document: active, of its readers' roles, at its place."""
    kind = document.definition
    if kind is None or not kind.is_acknowledged:
        return User.objects.none()
    node = kind.place(document)
    people = User.objects.filter(is_active=True) if node is None else staff_under(node)
    return people.filter(role__in=kind.reader_roles).order_by("pk")


def missing_readers(version: DocumentVersion) -> list[User]:
    """Return who has to confirm exactly this version and has not."""
    confirmed = Acknowledgement.objects.filter(version=version).values("user")
    return list(readers_of(version.document).exclude(pk__in=confirmed))


@transaction.atomic
def acknowledge(
    *, version: DocumentVersion, digest: str, reader: User, now: datetime
) -> Acknowledgement:
    """Note that ``reader`` has read exactly the text with ``digest``; again changes nothing.

    Raise NotAllowedError for who need not read it, RefusedError for a version that does not count,
    StaleError where the text is not the one that was read.
    """
    if not readers_of(version.document).filter(pk=reader.pk).exists():
        raise NotAllowedError(_("This document does not ask for your confirmation."))
    counts = DocumentVersion.objects.in_force(timezone.localdate(now))
    if not counts.filter(pk=version.pk).exists():
        raise RefusedError(_("This version is not in force. Read the current one."), code="old")
    if digest != digest_of(version):
        raise StaleError(_("The text is not the one you opened. Reload and read it again."))
    found, is_new = Acknowledgement.objects.get_or_create(
        version=version, user=reader, defaults={"digest": digest, "at": now}
    )
    if is_new:
        record(
            kind="document.acknowledged",
            actor=reader,
            subject=("document", version.document_id),
            facts={"version": version.number, "digest": digest[:16]},
            now=now,
        )
    return found
