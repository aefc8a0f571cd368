"""An import from the uploaded file to the rows it wrote."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField


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

    kind = models.CharField(max_length=30, help_text="key of a registered importer")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    columns = models.JSONField(default=list, help_text="header and three sample values per column")
    mapping = models.JSONField(default=dict, help_text="column header -> field key")
    options = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="created, updated, unchanged, bad")
    error = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    heartbeat_at = models.DateTimeField(null=True, help_text="last sign of the worker on this job")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("import_customer", "Import customers"),
            ("import_staff", "Import staff"),
        ]
        indexes = [models.Index(fields=["author", "-id"], name="import_by_author")]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The uploaded bytes, encrypted, so that a worker on another machine can read them."""

    job = models.OneToOneField(ImportJob, on_delete=models.CASCADE, related_name="file")
    content = EncryptedTextField(help_text="base64 of the file")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.job)


class ImportRowError(models.Model):
    """What is wrong with one row of a file and how to mend it; the row itself stays in the file."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="row_errors")
    row = models.PositiveIntegerField(help_text="1-based, the header not counted")
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["job", "row"], name="import_error_by_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
