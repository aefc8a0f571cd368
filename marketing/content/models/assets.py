"""The library of pictures, films and texts, and messages by core value and segment (MKT-23)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.files import StoredFile
from marketing.content import choices
from marketing.content.models.base import USER, Placed
from marketing.content.querysets import ContentQuerySet


class Asset(Placed):
    """Something to show: a picture or paper kept here, or a film kept elsewhere."""

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=choices.ASSET_KINDS)
    core_value = models.CharField(
        _("core value"), max_length=12, choices=choices.CORE_VALUES, blank=True
    )
    note = models.CharField(_("what it shows"), max_length=300, blank=True)
    link = models.URLField(_("address of the film"), max_length=300, blank=True)
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    rights = models.CharField(_("who holds the rights"), max_length=120)
    retired_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ContentQuerySet] = ContentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="asset_photo_has_day",
                condition=~Q(kind="photo") | Q(taken_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the asset."""
        return reverse("marketing:asset", args=[self.pk])


class AssetFile(StoredFile):
    """The picture or paper of an asset."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="file")

    class Meta:
        default_permissions = ()


class Message(Placed):
    """What is said about one core value, to everybody or to the people of a segment (MKT-23)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a signature")
        READY = "ready", pgettext_lazy("asset", "Ready")
        REFUSED = "refused", _("Refused")

    core_value = models.CharField(_("core value"), max_length=12, choices=choices.CORE_VALUES)
    segment_id = models.BigIntegerField(_("segment"), null=True, blank=True)
    headline = models.CharField(_("headline"), max_length=80)
    body = models.TextField(_("text"), max_length=1000)
    asset = models.ForeignKey(
        Asset,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        verbose_name=_("asset"),
    )
    state = models.CharField(max_length=8, choices=State, default=State.READY)
    findings = models.JSONField(default=list, help_text="what the scan found")
    policy_version = models.PositiveIntegerField(help_text="of the list of risk words")
    approval_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ContentQuerySet] = ContentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "region", "core_value", "segment_id"],
                name="message_once_per_segment",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="message_appreciation_signed",
                condition=~Q(core_value="appreciation", state="ready")
                | Q(approval_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """Return the page of the message."""
        return reverse("marketing:content-message", args=[self.pk])
