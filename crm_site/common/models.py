"""Abstract bases, the register of answered requests, job runs and saved views of lists."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL
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


# As text, because every list asks it: a condition over two tables costs more to put together than
# to answer.
SEEN = """
common_savedview.owner_id = %s OR EXISTS (
    SELECT 1 FROM staff_user o LEFT JOIN staff_orgnode n ON n.id = o.node_id
    WHERE o.id = common_savedview.owner_id AND (
        (common_savedview.audience = 'team' AND o.node_id = %s)
        OR (common_savedview.audience = 'promoted' AND o.is_active
            AND (o.node_id = ANY(%s) OR n.parent_id IS NULL))))
"""


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Questions about saved views of lists."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own views, those of one's team, and those a manager above offers."""
        if not user.is_authenticated:
            return self.none()
        node = user.node
        if node is None:
            return self.filter(owner=user)
        above = [key for key in (node.pk, node.project_id, node.region_id) if key]
        values = [user.pk, node.pk, above]
        seen = RawSQL(SEEN, values, output_field=models.BooleanField())  # noqa: S611 -- a constant
        return self.filter(seen)


class SavedView(TimeStamped):
    """A cut of a list under a name: filters, order and columns, for oneself or for others."""

    class Audience(models.TextChoices):
        OWN = "own", _("Only me")
        TEAM = "team", _("My team")
        PROMOTED = "promoted", _("Everybody below me")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    list_key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=2000, blank=True, help_text="filters and order")
    columns = models.JSONField(default=list, help_text="keys in order; empty means the usual ones")
    audience = models.CharField(_("for"), max_length=10, choices=Audience, default=Audience.OWN)

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("promote_view", "Offer saved views to everybody below")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_key", "name"], name="saved_view_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens for one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "list_key"], name="default_view_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.view_id}"
