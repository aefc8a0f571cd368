"""Codes that say where a lead comes from, and each lead as it came in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.arbitration.models import ClaimCase
from customers.models import Customer, Lead, Project
from customers.rules.entry import NO_CAMPAIGN
from marketing.channels import choices
from marketing.channels.models.channel import Channel
from marketing.channels.models.partner import Partner
from marketing.channels.querysets import IntakeQuerySet


class LeadCode(TimeStamped):
    """A code in an address or QR code: channel, campaign, project and partner of who opens it."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    label = models.CharField(_("where it stands"), max_length=80)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="codes", verbose_name=_("channel")
    )
    campaign_code = models.CharField(_("campaign"), max_length=80, default="none")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="codes",
        verbose_name=_("partner"),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[IntakeQuerySet] = IntakeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.label

    @property
    def campaign(self) -> str:
        """The code of the campaign, "" without one."""
        return "" if self.campaign_code == NO_CAMPAIGN else self.campaign_code


class LeadIntake(models.Model):
    """A lead as it came in, once for each key of its source; never changed but by its flag."""

    source = models.CharField(max_length=40, help_text="who numbered it")
    key = models.CharField(max_length=80)
    way = models.CharField(max_length=8, choices=choices.WAYS)
    at = models.DateTimeField()
    code = models.ForeignKey(LeadCode, null=True, on_delete=models.PROTECT, related_name="intakes")
    channel_code = models.CharField(max_length=60)
    campaign_code = models.CharField(max_length=80, default="none")
    partner = models.ForeignKey(
        Partner, null=True, on_delete=models.PROTECT, related_name="intakes"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="intakes")
    case = models.ForeignKey(ClaimCase, null=True, on_delete=models.PROTECT, related_name="+")
    flag = models.CharField(max_length=10, choices=choices.FLAGS, blank=True)
    protected_until = models.DateTimeField(null=True)
    is_new = models.BooleanField(help_text="the customer was not known before")
    utm = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[IntakeQuerySet] = IntakeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="lead_intake_once"),
            models.CheckConstraint(
                name="lead_intake_flag_of_partner", condition=Q(flag="") | Q(partner__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-at"], name="lead_intake_by_partner"),
            models.Index(fields=["project", "-at"], name="lead_intake_by_project"),
            models.Index(fields=["customer", "project"], name="lead_intake_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.key}"

    @property
    def campaign(self) -> str:
        """The code of the campaign, "" without one."""
        return "" if self.campaign_code == NO_CAMPAIGN else self.campaign_code
