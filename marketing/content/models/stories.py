"""Stories of customers, with their consent to publication, and posts of owners (MKT-26, MKT-34)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from marketing.content import choices
from marketing.content.models.assets import Asset
from marketing.content.models.base import USER, Placed
from marketing.content.querysets import PostQuerySet, PublicStoryQuerySet


class PublicStory(Placed):
    """What a customer says, told in public as long as the customer agrees (MKT-26)."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="public_stories",
        verbose_name=_("customer"),
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("the customer's own words"), max_length=4000)
    shown_name = models.CharField(_("name as shown"), max_length=40)
    asset = models.ForeignKey(
        Asset,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
        verbose_name=_("photo or film"),
    )
    state = models.CharField(max_length=10, choices=choices.STORY_STATES, default="draft")
    consent_from = models.DateField(_("consent given on"), null=True, blank=True)
    consent_until = models.DateField(_("consent counts until"), null=True, blank=True)
    consent_proof = models.CharField(
        _("where the signed consent is kept"), max_length=200, blank=True
    )
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PublicStoryQuerySet] = PublicStoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="public_story_needs_consent",
                condition=~Q(state="published")
                | (
                    Q(consent_from__isnull=False, consent_until__isnull=False)
                    & ~Q(consent_proof="")
                ),
            ),
            models.CheckConstraint(
                name="public_story_consent_in_order",
                condition=Q(consent_until__isnull=True)
                | Q(consent_from__isnull=True)
                | Q(consent_until__gte=models.F("consent_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the story."""
        return reverse("marketing:public-story", args=[self.pk])


class OwnerPost(Placed):
    """What an owner wrote or filmed; nobody sees it before somebody read it (MKT-34)."""

    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owner_posts",
        verbose_name=_("customer"),
    )
    shown_name = models.CharField(_("name as shown"), max_length=40)
    source = models.CharField(_("where it came from"), max_length=12, choices=choices.POST_SOURCES)
    text = models.TextField(_("text"), max_length=2000)
    link = models.URLField(_("address of picture or film"), max_length=300, blank=True)
    may_reuse = models.BooleanField(_("the owner lets us use it elsewhere"), default=False)
    state = models.CharField(max_length=10, choices=choices.POST_STATES, default="waiting")
    findings = models.JSONField(default=list, help_text="what the scan found")
    policy_version = models.PositiveIntegerField(help_text="of the list of risk words")
    points = models.PositiveIntegerField(null=True, help_text="promised when it was accepted")
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    reused_in = models.CharField(_("used in"), max_length=200, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PostQuerySet] = PostQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="owner_post_decided_by_somebody",
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="owner_post_refused_with_reason",
                condition=~Q(state__in=["refused", "withdrawn"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="owner_post_reused_with_rights",
                condition=Q(reused_in="") | Q(may_reuse=True, state="accepted"),
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="owner_post_by_state")]

    def __str__(self) -> str:
        return f"{self.shown_name}: {self.text[:40]}"

    def get_absolute_url(self) -> str:
        """Return the page of the post."""
        return reverse("marketing:owner-post", args=[self.pk])
