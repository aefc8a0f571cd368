"""How likely each prospect is to buy within three months."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from analytics.scoring.models import ScoreModel
from customers.models import Customer
from customers.querysets import CustomerRowQuerySet


class PurchaseIntent(models.Model):
    """The chance that one prospect buys within the horizon, and what speaks for it (ANA-45)."""

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="purchase_intent"
    )
    chance = models.DecimalField(max_digits=5, decimal_places=4)
    reasons = models.JSONField(help_text="[block, points of the logit]")
    model = models.ForeignKey(ScoreModel, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="purchase_intent_chance", condition=Q(chance__gte=0, chance__lte=1)
            )
        ]
        indexes = [models.Index(fields=["-chance", "-customer"], name="purchase_intent_by_chance")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.chance}"
