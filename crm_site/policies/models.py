"""Versioned settings that managers change at run time; decisions pin the version they used."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """One version of one policy: what it says, from when, who wrote and who approved it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Awaiting approval")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateTimeField(null=True, help_text="set when approved")
    reason = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("view_policy", "See policies"),
            ("change_policy", "Draft a policy"),
            ("approve_policy", "Approve a policy"),
        ]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["key"],
                name="policy_one_open_proposal",
                condition=models.Q(state__in=["draft", "submitted"]),
            ),
            models.CheckConstraint(
                name="policy_approved_has_start",
                condition=~models.Q(state="approved") | models.Q(valid_from__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_not_approved_by_its_author",
                condition=models.Q(approver__isnull=True)
                | models.Q(author__isnull=True)
                | ~models.Q(approver=models.F("author")),
            ),
        ]
        indexes = [models.Index(fields=["key", "state", "-valid_from"], name="policy_in_force")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"
