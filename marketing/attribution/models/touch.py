"""Touches: every moment in which a channel or campaign met a customer."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Lead
from marketing.attribution import choices
from marketing.attribution.querysets import TouchQuerySet


class Touch(models.Model):
    """One moment in which a channel met a customer; ``source_key`` says where it is known from.

    The unique key makes the intake idempotent. ``weight`` is how much the touch counts beside the
    others of its path. Channel and campaign are the codes that leads carry; no campaign is "".
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="touches")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("kind"), max_length=10, choices=choices.KINDS)
    channel_code = models.CharField(_("channel"), max_length=60)
    campaign_code = models.CharField(_("campaign"), max_length=80, blank=True, default="")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="touches")
    source_key = models.CharField(max_length=120, unique=True)
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(1))

    objects: ClassVar[TouchQuerySet] = TouchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("view_attribution", "See which channels brought the contracts")]
        constraints = [
            models.CheckConstraint(
                name="touch_names_its_channel", condition=~Q(channel_code="") & ~Q(source_key="")
            ),
            models.CheckConstraint(name="touch_weighs_something", condition=Q(weight__gt=0)),
        ]
        indexes = [
            models.Index(fields=["customer", "at"], name="touch_by_customer"),
            models.Index(
                fields=["campaign_code"], name="touch_by_campaign", condition=~Q(campaign_code="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_code} · {self.at:%Y-%m-%d}"
