"""What the models of attribution say of each signed contract, and the runs that worked it out."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from customers.purchase.models import Purchase
from marketing.attribution import choices
from marketing.attribution.querysets import AttributionShareQuerySet


class AttributionShare(models.Model):
    """What a channel and campaign get, under a model, of what a contract brought in in a month.

    ``amount`` is the share of the receipts of the month in yuan, below 0 where more was paid back
    than came in. The month of the signature has rows too where nothing came in. Both codes "" is
    what belongs to nobody. The shares of a contract, model and month add up to 1, which the
    database holds every statement to; their amounts to the receipts, to the cent.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="attribution")
    model = models.CharField(max_length=12, choices=choices.MODELS)
    channel_code = models.CharField(max_length=60, blank=True)
    campaign_code = models.CharField(max_length=80, blank=True)
    month = models.DateField(help_text="its first day")
    share = models.DecimalField(max_digits=10, decimal_places=9)
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    objects: ClassVar[AttributionShareQuerySet] = AttributionShareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "model", "month", "channel_code", "campaign_code"],
                name="attribution_share_once",
            ),
            models.CheckConstraint(
                name="attribution_share_in_range", condition=Q(share__gt=0, share__lte=1)
            ),
            models.CheckConstraint(name="attribution_month_begins", condition=Q(month__day=1)),
        ]
        indexes = [models.Index(fields=["model", "month"], name="attribution_by_month")]

    @property
    def percent(self) -> Decimal:
        """The share in percent, one decimal."""
        return (100 * self.share).quantize(Decimal("0.1"))

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.model} · {self.channel_code}"


class AttributionRun(models.Model):
    """One working out of all shares: what it read, what changed, what the chain of touches said."""

    at = models.DateTimeField()
    contracts = models.PositiveIntegerField()
    touches = models.PositiveIntegerField(help_text="those before a contract")
    changed = models.PositiveIntegerField(help_text="contracts whose shares differ from before")
    policy_version = models.PositiveIntegerField()
    chance = models.FloatField(help_text="that a path ends in a contract")
    removal = models.JSONField(default=dict, help_text="channel -> part of the contracts lost")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="attribution_run_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
