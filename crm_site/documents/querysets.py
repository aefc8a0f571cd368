"""The questions asked of documents and versions, limited to what a user may see."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm_site.common.grams import all_of, asked_words
from crm_site.common.subjects import UnknownSubjectError, subject
from crm_site.documents.registry import DocumentKind, kinds_for

APPROVED = "approved"


def kind_condition(kind: DocumentKind, user: Any) -> Q:
    """Return the condition for documents of ``kind`` that ``user`` may see."""
    condition = Q(kind=kind.key)
    if kind.subject_kind:
        try:
            known = subject(kind.subject_kind).visible_to(user).order_by().values("pk")
        except UnknownSubjectError:
            return Q(pk__in=[])
        condition &= Q(subject_kind=kind.subject_kind, subject_id__in=known)
    if not kind.works_on(user):
        approved = Exists(_versions().filter(document=OuterRef("pk")).approved())
        condition &= Q(holder=user) | Q(approved)
    return condition


def _versions() -> Any:
    return apps.get_model("documents", "DocumentVersion")._default_manager.all()


class DocumentQuerySet(models.QuerySet[Any]):
    """Questions about documents."""

    def visible_to(self, user: Any) -> Self:
        """Return the documents of the kinds and subjects ``user`` may see.

        One that was never approved is seen by those who write or sign its kind, and its holder.
        """
        seen = Q(pk__in=[])
        if user.is_authenticated:
            for kind in kinds_for(user):
                seen |= kind_condition(kind, user)
        return self.filter(seen)

    def about(self, kind: str, subject_kind: str, subject_id: int) -> Self:
        """Return the documents of one kind about one subject."""
        return self.filter(kind=kind, subject_kind=subject_kind, subject_id=subject_id)

    def with_text(self, text: str, user: Any) -> Self:
        """Return the documents whose text, as far as ``user`` reads it, holds every word.

        A whole number of a document finds it too.
        """
        words = asked_words(text)
        if not words:
            return self.none()
        own = [kind.key for kind in kinds_for(user) if kind.works_on(user)]
        readable = Q(state=APPROVED) | Q(document__kind__in=own)
        found = _versions().filter(readable, document=OuterRef("pk"), tokens__matches=all_of(words))
        for word in words:
            if len(word) > 2:  # pairs do not tell whether they stand side by side
                found = found.filter(text__contains=word)
        return self.filter(Exists(found.latest_or_at_work()) | Q(number__iexact=text.strip()))

    def in_force(self, today: date) -> Self:
        """Return the documents with a version that counts on ``today``."""
        return self.filter(Exists(_versions().filter(document=OuterRef("pk")).in_force(today)))


class VersionQuerySet(models.QuerySet[Any]):
    """Questions about versions."""

    def approved(self) -> Self:
        """Return the versions that were approved, whatever their dates."""
        return self.filter(state=APPROVED)

    def begun(self, today: date) -> Self:
        """Return approved versions whose first day has come and that no later such one replaces."""
        later = _versions().filter(
            document=OuterRef("document"),
            number__gt=OuterRef("number"),
            state=APPROVED,
            effective_from__lte=today,
        )
        return self.approved().filter(~Exists(later), effective_from__lte=today)

    def in_force(self, today: date) -> Self:
        """Return the versions that count on ``today``; at most one of each document."""
        endless = Q(effective_until__isnull=True) | Q(effective_until__gte=today)
        return self.begun(today).filter(endless)

    def latest_or_at_work(self) -> Self:
        """Return each document's last approved version and what comes after it."""
        later = _versions().filter(
            document=OuterRef("document"), number__gt=OuterRef("number"), state=APPROVED
        )
        return self.filter(~Exists(later))
