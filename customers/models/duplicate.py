"""Records that may be the same person, and how two became one and two again (BEY-01)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from crm_site.common.fields import EncryptedTextField
from customers.models.customer import Customer


class DuplicateSuggestion(models.Model):
    """A pair of records the match job found; a person decides, once (BEY-01)."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        DIFFERENT = "different"

    left = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(max_digits=5, decimal_places=4, help_text="0 to 1")
    reasons = models.JSONField(default=list, help_text="what spoke for and against, with weights")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [("merge_customers", "Merge customers and take a merge back")]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="duplicate_pair_once"),
            models.CheckConstraint(
                name="duplicate_pair_in_order", condition=Q(left__lt=F("right"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "-id"], name="duplicate_open", condition=Q(state="open")
            ),
            models.Index(fields=["right"], name="duplicate_by_right"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} = {self.right_id}?"


class Merge(models.Model):
    """Two records made one; the journal holds what is needed to take it back (CUS-06, BEY-01)."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merged_by")
    journal = EncryptedTextField(
        help_text="JSON: fields of both before, field choices, per table the rows that moved"
    )
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], name="merge_standing_once", condition=Q(undone_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["kept", "-at"], name="merge_by_kept")]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
