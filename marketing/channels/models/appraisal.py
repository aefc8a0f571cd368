"""What a channel or partner achieved in a quarter, frozen (MKT-69, MKT-70)."""

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q

from marketing.channels import choices
from marketing.channels.models.channel import Channel
from marketing.channels.models.partner import Partner
from marketing.channels.querysets import ChannelQuerySet

YUAN: Final[dict[str, Any]] = {"max_digits": 16, "decimal_places": 2}


class ChannelAppraisal(models.Model):
    """Score and grade of one channel, or of one partner, in one quarter."""

    channel = models.ForeignKey(
        Channel, null=True, on_delete=models.PROTECT, related_name="appraisals"
    )
    partner = models.ForeignKey(
        Partner, null=True, on_delete=models.PROTECT, related_name="appraisals"
    )
    quarter = models.DateField(help_text="its first day")
    leads = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    deals = models.PositiveIntegerField()
    amount = models.DecimalField(**YUAN)
    cost = models.DecimalField(**YUAN)
    satisfaction = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    complaints = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    grade = models.CharField(max_length=1, choices=choices.GRADES)
    advice = models.CharField(max_length=5, choices=choices.ADVICE)
    policy_version = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="channel_appraisal_of_one",
                condition=Q(channel__isnull=False, partner__isnull=True)
                | Q(channel__isnull=True, partner__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["channel", "quarter"],
                name="channel_appraisal_once",
                condition=Q(channel__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["partner", "quarter"],
                name="partner_appraisal_once",
                condition=Q(partner__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.grade}"
