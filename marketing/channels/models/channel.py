"""A way customers reach the company."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from marketing.channels import choices
from marketing.channels.querysets import ChannelQuerySet


class Channel(TimeStamped):
    """A channel; ``code`` is a word of the list of lead sources, so each lead has one (MKT-66)."""

    code = models.CharField(_("source of leads"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(_("type"), max_length=12, choices=choices.CHANNEL_TYPES)
    subtype = models.CharField(_("kind"), max_length=12, choices=choices.SUBTYPES)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    strategy = models.TextField(_("strategy"), max_length=2000, blank=True)
    resources = models.TextField(_("resources"), max_length=1000, blank=True)
    is_paid = models.BooleanField(_("costs money"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_channels", "See channels, partners and the leads they bring"),
            ("keep_channels", "Keep channels, codes and accounts in new media"),
            ("keep_partners", "Keep partners, their staff, breaches and checks"),
            ("view_commission", "See commission of partners"),
            ("pay_commission", "Pay commission to partners"),
            ("use_partner_portal", "Register leads as a partner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("marketing:channel", args=[self.pk])
