"""Controlled documents, their versions, and who has confirmed having read which (PLT-21)."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.fields import TokenField
from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from crm_site.documents.querysets import DocumentQuerySet, VersionQuerySet
from crm_site.documents.registry import DocumentKind, document_kind


class Document(TimeStamped):
    """A document under control: its number stays, its text comes in versions."""

    kind = models.SlugField(max_length=30, db_index=False, help_text="key of a registered kind")
    number = models.CharField(_("number"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=120, help_text="of the latest version")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("holder"),
    )

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_documents", "Read controlled documents"),
            ("write_documents", "Write controlled documents"),
            ("review_documents", "Review uniform wording"),
            ("approve_documents", "Approve controlled documents"),
        ]
        constraints = [
            models.CheckConstraint(
                name="document_subject_is_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject_kind", "subject_id"], name="document_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def definition(self) -> DocumentKind | None:
        """The kind it is of, None where no app describes it any more."""
        return document_kind(self.kind)


class DocumentVersion(TimeStamped):
    """One text of a document; once it is approved nothing of it changes."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("document", "Draft")
        REVIEW = "review", pgettext_lazy("document", "In review")
        APPROVED = "approved", pgettext_lazy("document", "Approved")

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=120)
    sections = models.JSONField(default=list, help_text="title and text of each section")
    text = models.TextField(blank=True, help_text="folded, for the search")
    tokens = TokenField(default=list, help_text="characters and pairs of the text")
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    effective_from = models.DateField(_("in force from"))
    effective_until = models.DateField(_("in force until"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    objects: ClassVar[VersionQuerySet] = VersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),
            models.UniqueConstraint(
                fields=["document"],
                name="document_one_version_at_work",
                condition=Q(state__in=["draft", "review"]),
            ),
            models.CheckConstraint(
                name="document_version_approved_has_time",
                condition=Q(state="approved", approved_at__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="document_version_ends_after_start",
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
            ),
        ]
        indexes = [
            GinIndex(fields=["tokens"], name="document_version_tokens"),
            models.Index(
                fields=["effective_until"],
                name="document_version_by_end",
                condition=Q(state="approved", effective_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.number}"

    @property
    def is_approved(self) -> bool:
        """Whether it counts, from its first day on."""
        return self.state == self.State.APPROVED

    def standing(self, *, latest: int | None, today: date) -> str:
        """Return the key of its mark; ``latest`` is the number of the version that counts now."""
        if not self.is_approved:
            return str(self.state)
        if latest is not None and self.number < latest:
            return "superseded"
        if self.effective_from > today:
            return "planned"
        over = self.effective_until is not None and self.effective_until < today
        return "expired" if over else "in_force"


class DocumentFile(StoredFile):
    """The file of a version."""

    version = models.OneToOneField(DocumentVersion, on_delete=models.CASCADE, related_name="file")

    class Meta:
        default_permissions = ()


class Acknowledgement(models.Model):
    """One person has read exactly this version."""

    version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was read")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="acknowledged_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.user_id}"


class DocumentEvent(models.Model):
    """Something that happened to a document."""

    class Kind(models.TextChoices):
        WRITTEN = "written", pgettext_lazy("document", "Version begun")
        CHANGED = "changed", pgettext_lazy("document", "Text changed")
        SUBMITTED = "submitted", pgettext_lazy("document", "Sent for approval")
        RETURNED = "returned", pgettext_lazy("document", "Not approved")
        APPROVED = "approved", pgettext_lazy("document", "Approved")
        DISCARDED = "discarded", pgettext_lazy("document", "Draft discarded")
        HELD = "held", pgettext_lazy("document", "Holder changed")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField(help_text="of the version")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.CharField(max_length=300, blank=True)
    actor: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["document", "-at"], name="document_event_by_document")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.kind}"


class DocumentEffect(models.Model):
    """A notice that was sent about a version; each step is taken once."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="effects")
    step = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "step"], name="document_effect_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.step}"
