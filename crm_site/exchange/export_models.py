"""An export from the reason given to the file that dies."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField

SILENCE = timedelta(minutes=6)  # longer than a task may run


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    """Questions about exports."""

    def visible_to(self, user: Any) -> Self:
        """Return the exports ``user`` asked for; a file is seen by nobody else."""
        return self.filter(author=user) if user.is_authenticated else self.none()

    def stalled(self, *, now: datetime) -> Self:
        """Return exports whose worker died or whose message was lost."""
        at_work = [ExportJob.State.QUEUED, ExportJob.State.RUNNING]
        return self.filter(state__in=at_work, heartbeat_at__lt=now - SILENCE)

    def dead(self, *, now: datetime) -> Self:
        """Return exports whose file is past its time and still kept."""
        return self.filter(file__isnull=False, expires_at__lte=now)


class ExportJob(models.Model):
    """One list on its way out: asked for, approved, made with the asker's rights, downloaded."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for approval")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    kind = models.CharField(max_length=30, help_text="key of a registered exporter")
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=300)
    query = EncryptedTextField(help_text="the query string of the list; may hold a phone number")
    columns = ArrayField(models.CharField(max_length=40))
    rows_asked = models.PositiveIntegerField(help_text="rows of the list when it was asked for")
    rows_done = models.PositiveIntegerField(default=0)
    approval = models.OneToOneField(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="export"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_ids = ArrayField(
        models.BigIntegerField(), default=list, help_text="what the file holds"
    )
    file = EncryptedTextField(null=True, help_text="the workbook in base64")
    error = models.CharField(max_length=300, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[ExportJobQuerySet] = ExportJobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("export_customer", "Export customers with approval"),
            ("approve_export", "Approve exports"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_file_has_end", condition=Q(file=None) | Q(expires_at__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="export_by_author"),
            models.Index(fields=["author", "finished_at"], name="export_by_time"),
        ]

    def __str__(self) -> str:
        return f"E-{self.pk}"

    @property
    def is_working(self) -> bool:
        """Whether a worker is at it, or soon will be."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
