"""What a campaign shows where and when: the publicity plan and calendar (MKT-22, MKT-24)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from marketing.campaigns import choices
from marketing.campaigns.models.campaign import MONEY, USER, Campaign
from marketing.campaigns.querysets import OfCampaignQuerySet


class Placement(TimeStamped):
    """A piece of publicity in one medium, made for one sales phase, with its days."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="placements")
    medium = models.CharField(_("medium"), max_length=12, choices=choices.MEDIA)
    phase = models.CharField(_("written for the phase"), max_length=16, choices=choices.PHASES)
    title = models.CharField(_("title"), max_length=120)
    content = models.CharField(_("content"), max_length=1000, blank=True)
    link = models.CharField(_("link to the content"), max_length=300, blank=True)
    channel_code = models.CharField(_("channel"), max_length=60, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    planned_cost = models.DecimalField(_("planned cost (yuan)"), default=0, **MONEY)
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfCampaignQuerySet] = OfCampaignQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="placement_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="placement_cost_not_negative", condition=Q(planned_cost__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="placement_by_days")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of its campaign, at the placement."""
        return f"{reverse('marketing:campaign', args=[self.campaign_id])}#placement-{self.pk}"
