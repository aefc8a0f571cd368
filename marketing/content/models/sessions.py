"""Live sessions and short videos: planned, script signed, held, with what came of them (MKT-35)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from marketing.content import choices
from marketing.content.models.base import USER, Placed
from marketing.content.querysets import ContentQuerySet


class LiveSession(Placed):
    """One session; leads that carry its code are its leads."""

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=choices.SESSION_KINDS)
    platform = models.CharField(_("platform"), max_length=12, choices=choices.PLATFORMS)
    starts_at = models.DateTimeField(_("starts at"))
    host = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("host")
    )
    code = models.SlugField(_("code of its leads"), max_length=40, unique=True)
    script = models.TextField(_("script"), max_length=8000, blank=True)
    state = models.CharField(max_length=10, choices=choices.SESSION_STATES, default="planned")
    findings = models.JSONField(default=list, help_text="what the scan found")
    policy_version = models.PositiveIntegerField(null=True)
    passes = models.BooleanField(default=False)
    approval = models.OneToOneField(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)
    viewers = models.PositiveIntegerField(_("viewers"), null=True)
    interactions = models.PositiveIntegerField(_("interactions"), null=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True)
    note = models.CharField(_("what went well, what did not"), max_length=500, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ContentQuerySet] = ContentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="session_held_with_signed_script",
                condition=~Q(state__in=["approved", "held"])
                | Q(passes=True, approval__isnull=False),
            ),
            models.CheckConstraint(
                name="session_held_has_figures",
                condition=~Q(state="held")
                | Q(held_at__isnull=False, viewers__isnull=False, interactions__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the session."""
        return reverse("marketing:live-session", args=[self.pk])
