"""Management reviews, what regions file, and the weekly report."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.reviews import choices
from analytics.reviews.querysets import RegionalQuerySet
from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode


class ManagementReview(TimeStamped):
    """A meeting in the middle or at the end of a year that closes with its required inputs only."""

    kind = models.CharField(_("review"), max_length=10, choices=choices.MEETINGS)
    year = models.PositiveSmallIntegerField(_("year"))
    region = models.ForeignKey(
        OrgNode, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    state = models.CharField(max_length=10, choices=choices.MEETING_STATES, default="planned")
    held_on = models.DateField(_("held on"), null=True)
    attendees = models.CharField(_("who took part"), max_length=500, blank=True)
    minutes = models.TextField(_("minutes"), max_length=5000, blank=True)
    satisfaction = models.ForeignKey(
        "service.SatisfactionReport",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("report of satisfaction"),
    )
    performance = models.ForeignKey(
        "analytics.PerformanceReport",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("performance report"),
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[RegionalQuerySet] = RegionalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "region"],
                name="management_review_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="management_review_closed_with_inputs",
                condition=Q(state="planned", closed_at__isnull=True)
                | Q(
                    state="closed",
                    closed_at__isnull=False,
                    satisfaction__isnull=False,
                    performance__isnull=False,
                    held_on__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the page of the review."""
        return reverse("analytics:management-review", args=[self.pk])


class ReviewDecision(models.Model):
    """What a management review decided."""

    review = models.ForeignKey(ManagementReview, on_delete=models.CASCADE, related_name="decisions")
    text = models.CharField(_("decision"), max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text


class Filing(TimeStamped):
    """The summary of a quarter that a region owes head office."""

    region = models.ForeignKey(OrgNode, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    due_on = models.DateField()
    report = models.ForeignKey(
        "analytics.PerformanceReport", null=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.TextField(_("summary"), max_length=3000, blank=True)
    handed_at = models.DateTimeField(null=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.TextField(_("comment of head office"), max_length=2000, blank=True)
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[RegionalQuerySet] = RegionalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["region", "starts_on"], name="filing_once"),
            models.CheckConstraint(
                name="filing_handed_in_is_whole",
                condition=Q(handed_at__isnull=True) | (Q(report__isnull=False) & ~Q(summary="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.starts_on}"

    def get_absolute_url(self) -> str:
        """Return the page of the summary."""
        return reverse("analytics:filing", args=[self.pk])


class WeeklyReport(models.Model):
    """What was to be done in a week, and what of it is late; frozen on the Monday after."""

    week_on = models.DateField(unique=True, help_text="the Monday it begins with")
    made_at = models.DateTimeField()
    lines = models.JSONField(help_text="what is done, due or late, with the region it belongs to")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.week_on.isoformat()
