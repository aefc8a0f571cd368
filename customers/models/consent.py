"""What a customer agreed to, as a ledger that is only added to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers import choices
from customers.models.customer import Customer
from customers.rules.consent import Purpose


class ConsentEvent(models.Model):
    """A consent given or withdrawn for one purpose; the newest row of a purpose counts (PLT-06).

    Personal Information Protection Law, articles 13 to 16: informed, separate by purpose, and as
    easy to withdraw as to give.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consent_events")
    purpose = models.CharField(max_length=16, choices=choices.PURPOSES)
    is_given = models.BooleanField()
    text_version = models.PositiveIntegerField(help_text="version of the policy consent.texts")
    text_digest = models.CharField(max_length=64, help_text="SHA-256 of the text that was shown")
    channel = models.CharField(max_length=12, help_text="over what the customer said so")
    proof = models.CharField(max_length=300, blank=True, help_text="where the proof is kept")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [("record_consent", "Record consents and their withdrawal")]
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=[p.value for p in Purpose])
            )
        ]
        indexes = [
            models.Index(fields=["customer", "purpose", "-at", "-id"], name="consent_by_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.is_given}"


class ChannelOptOut(models.Model):
    """A channel over which a customer does not want to be spoken to, until taken back (CUS-47)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="opt_outs")
    channel = models.CharField(max_length=12, choices=choices.CONTACT_CHANNELS)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, help_text="when the customer took it back")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel"],
                name="opt_out_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="opt_out_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.channel}"
