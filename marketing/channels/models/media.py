"""Accounts in new media, their posts, and what each day brought (MKT-31, MKT-32)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Project
from marketing.channels import choices
from marketing.channels.models.channel import Channel
from marketing.channels.querysets import ChannelQuerySet, MediaQuerySet


class MediaAccount(TimeStamped):
    """An account of the company on a platform."""

    platform = models.CharField(_("platform"), max_length=12, choices=choices.PLATFORM_WORDS)
    handle = models.CharField(_("account"), max_length=80)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("channel")
    )
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[MediaQuerySet] = MediaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["platform", "handle"], name="media_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} · {self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("marketing:media-account", args=[self.pk])


class MediaPost(TimeStamped):
    """A post of an account with what it brought so far."""

    account = models.ForeignKey(MediaAccount, on_delete=models.CASCADE, related_name="posts")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("address"), max_length=300, blank=True)
    on = models.DateField(_("day"))
    reach = models.PositiveBigIntegerField(_("reach"), default=0)
    interactions = models.PositiveBigIntegerField(_("interactions"), default=0)
    leads = models.PositiveIntegerField(_("leads"), default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "title", "on"], name="media_post_once")
        ]
        indexes = [models.Index(fields=["account", "-on"], name="media_post_by_day")]

    def __str__(self) -> str:
        return self.title


class DailyMetric(TimeStamped):
    """What a channel, or one account of it, brought on a day; cost in yuan."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="metrics")
    account = models.ForeignKey(
        MediaAccount, null=True, on_delete=models.PROTECT, related_name="metrics"
    )
    on = models.DateField(_("day"))
    impressions = models.PositiveBigIntegerField(_("impressions"), default=0)
    clicks = models.PositiveBigIntegerField(_("clicks"), default=0)
    interactions = models.PositiveBigIntegerField(_("interactions"), default=0)
    cost = models.DecimalField(_("cost (yuan)"), max_digits=14, decimal_places=2, default=0)
    leads = models.PositiveIntegerField(_("leads"), default=0)
    import_job = models.PositiveBigIntegerField(null=True, editable=False)

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "on"],
                name="daily_metric_once_per_channel",
                condition=Q(account__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["account", "on"],
                name="daily_metric_once_per_account",
                condition=Q(account__isnull=False),
            ),
            models.CheckConstraint(name="daily_metric_cost_not_negative", condition=Q(cost__gte=0)),
        ]
        indexes = [models.Index(fields=["on"], name="daily_metric_by_day")]

    def __str__(self) -> str:
        return f"{self.channel_id} · {self.on}"
