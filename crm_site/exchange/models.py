"""An import from the uploaded file to the rows it wrote."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.exchange.export_models import ExportJob

__all__ = [
    "ExportJob",
    "ImportJob",
    "ImportKept",
    "ImportPart",
    "ImportRowError",
    "ImportSeen",
    "ImportTrace",
]

SILENCE = timedelta(minutes=2)
WORKING = ("checking", "writing", "reverting")


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    """Questions about imports."""

    def visible_to(self, user: Any) -> Self:
        """Return the imports ``user`` started; a file is seen by nobody else."""
        return self.filter(author=user) if user.is_authenticated else self.none()

    def stalled(self, *, now: datetime) -> Self:
        """Return imports at work whose worker has given no sign for two minutes."""
        return self.filter(state__in=WORKING, heartbeat_at__lt=now - SILENCE)

    def over(self, *, before: datetime) -> Self:
        """Return imports nobody has worked on since ``before``, finished or left lying."""
        finished = models.Q(finished_at__lt=before)
        left = models.Q(finished_at=None, created_at__lt=before) & (
            models.Q(heartbeat_at=None) | models.Q(heartbeat_at__lt=before)
        )
        return self.exclude(state__in=WORKING).filter(finished | left)


class ImportJob(models.Model):
    """One file on its way into the system: uploaded, mapped, tried dry, written (PLT-35)."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        WRITING = "writing", _("Writing")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        REVERTING = "reverting", _("Being reverted")
        REVERTED = "reverted", _("Reverted")

    kind = models.CharField(max_length=30, help_text="key of a registered importer")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=12, blank=True)
    signature = models.CharField(max_length=64, blank=True, help_text="digest of the headers")
    columns = models.JSONField(
        default=list, help_text="per column: header, kind, spelling of dates"
    )
    mapping = models.JSONField(default=dict, help_text="column header -> field key")
    options = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    parts_total = models.PositiveIntegerField(default=0)
    parts_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="created, updated, unchanged, repeated, bad")
    findings = models.JSONField(
        default=dict, help_text="what else the rows bring: new words, projects, unknown owners"
    )
    error = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    heartbeat_at = models.DateTimeField(null=True, help_text="last sign of the worker on this job")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    parts_reverted = models.PositiveIntegerField(default=0)
    revert_counts = models.JSONField(default=dict, help_text="removed, enquiries, restored, kept")
    reverted_at = models.DateTimeField(null=True)

    objects: ClassVar[ImportJobQuerySet] = ImportJobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("import_customer", "Import customers"),
            ("import_staff", "Import staff"),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="import_by_author"),
            models.Index(fields=["file_digest"], name="import_by_digest"),
            models.Index(fields=["kind", "signature", "-id"], name="import_by_signature"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def spelling(self) -> str:
        """What kind of file it was, in words everybody uses: UTF-8, GB18030, XLSX."""
        return self.encoding.removesuffix("-sig").upper()

    @property
    def is_working(self) -> bool:
        """Whether a worker is at it."""
        return self.state in WORKING


class ImportPart(models.Model):
    """Some thousand rows of the file, encrypted; the unit a worker writes in one transaction."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField(help_text="from 0")
    first_row = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    content = EncryptedTextField(help_text="JSON: a list of [row number, cells]")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_part_once")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.number}"


class ImportSeen(models.Model):
    """Which row of a file named which record, for as long as the file is being tried."""

    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    key = models.BinaryField(help_text="keyed digest of what tells the record from others")
    row = models.PositiveIntegerField(help_text="row of the sheet; its first row is 1")
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["job", "key"], name="import_seen_by_key")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.row}"


class ImportRowError(models.Model):
    """What is wrong with one row of a file; the row itself stays in its encrypted part."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="row_errors")
    row = models.PositiveIntegerField(help_text="row of the sheet; its first row is 1")
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict, help_text="no personal data")
    is_warning = models.BooleanField(default=False, help_text="the row is written all the same")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["job", "row"], name="import_error_by_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class ImportTrace(models.Model):
    """What one part wrote, so that it can be taken back; written in the transaction of the part."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="traces")
    number = models.PositiveIntegerField(help_text="from 0, in the order of writing")
    rows = models.PositiveIntegerField()
    content = EncryptedTextField(help_text="JSON of the importer: keys, values before and after")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_trace_once")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.number}"


class ImportKept(models.Model):
    """A row that a revert left as it is, because somebody has worked with it since."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="kept")
    row = models.PositiveIntegerField(help_text="row of the sheet; its first row is 1")
    subject_id = models.BigIntegerField(help_text="key of the record, of the importer's kind")
    code = models.CharField(max_length=40)
    fields = models.JSONField(default=list, help_text="names of fields that were kept")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["job", "id"], name="import_kept_by_job")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
