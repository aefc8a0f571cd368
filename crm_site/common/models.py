"""Abstract bases and the register of answered requests."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TimeStamped(models.Model):
    """When a row was written and last changed; bulk updates set ``updated_at`` themselves."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class AnsweredRequest(models.Model):
    """The answer already given to a request with this key; a repeat gets it again (A-48)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="answered_request_once_per_key")
        ]
        indexes = [models.Index(fields=["created_at"], name="answered_request_age")]

    def __str__(self) -> str:
        return self.key


class JobRun(models.Model):
    """A run of a scheduled job; its slot is the period it is for, taken once (PLT-42)."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(max_length=60)
    slot = models.CharField(max_length=40, blank=True, help_text="empty: only the last run is kept")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="job_once_per_slot")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}".strip()
