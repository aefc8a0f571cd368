"""One change to many customers, and its undo."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    """Questions about bulk changes."""

    def visible_to(self, user: Any) -> Self:
        """Return the bulk changes ``user`` started."""
        return self.filter(author=user) if user.is_authenticated else self.none()


class BulkChange(models.Model):
    """An action on chosen customers as one background job with a result per row and an undo."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Failed")

    action = models.CharField(max_length=20, help_text="key of an action in services.bulk")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_changes"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[BulkChangeQuerySet] = BulkChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("bulk_change", "Change many customers at once")]
        indexes = [models.Index(fields=["author", "-id"], name="bulk_by_author")]

    def __str__(self) -> str:
        return f"{self.action} · {self.total}"


class BulkChangeItem(models.Model):
    """One customer of a bulk change: what it was before, and what went wrong if anything."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10, default="waiting", help_text="waiting, done, unchanged, failed, undone, kept"
    )
    before = models.JSONField(default=dict, help_text="ids and codes only, no personal data")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change", "customer"], name="bulk_item_once")
        ]
        indexes = [models.Index(fields=["change", "state"], name="bulk_item_by_state")]

    def __str__(self) -> str:
        return f"{self.change_id} · {self.customer_id}"
