"""Reports of results: the figures as they were frozen, the measures they asked for."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.reviews import choices
from analytics.reviews.querysets import MeasureQuerySet, RegionalQuerySet
from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode

FIGURE: dict[str, Any] = {"max_digits": 20, "decimal_places": 6}


class PerformanceReport(TimeStamped):
    """A regular report of one region or the company: opened with frozen figures, then published."""

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(_("report"), max_length=8, choices=choices.CYCLES)
    region = models.ForeignKey(
        OrgNode, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    state = models.CharField(max_length=10, choices=choices.REPORT_STATES, default="open")
    notes = models.JSONField(default=dict, help_text="block -> what was found")
    frozen_at = models.DateTimeField(help_text="when the figures were read")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[RegionalQuerySet] = RegionalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_reviews", "See reports of results and reviews"),
            ("keep_reviews", "Open and publish reports, keep measures"),
            ("direct_reviews", "Hold management reviews, comment what regions file"),
            ("own_measures", "See and finish the measures one answers for"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "starts_on"],
                name="performance_report_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="performance_report_ends_after_start",
                condition=Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="performance_report_published_has_time",
                condition=Q(state="open", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page of the report."""
        return reverse("analytics:performance-report", args=[self.pk])


class ReportFigure(models.Model):
    """One KPI as it stood when the report was opened; it never changes again."""

    report = models.ForeignKey(PerformanceReport, on_delete=models.CASCADE, related_name="figures")
    block = models.CharField(max_length=12, choices=choices.BLOCKS, blank=True)
    kpi = models.CharField(max_length=60)
    label = models.CharField(max_length=120, help_text="its name at that time")
    group = models.CharField(max_length=20)
    unit = models.CharField(max_length=12)
    good = models.CharField(max_length=4)
    value = models.DecimalField(null=True, **FIGURE)
    top = models.DecimalField(null=True, **FIGURE)
    bottom = models.DecimalField(null=True, **FIGURE)
    n = models.PositiveIntegerField(default=0)
    low = models.DecimalField(null=True, **FIGURE)
    high = models.DecimalField(null=True, **FIGURE)
    before = models.DecimalField(
        null=True, **FIGURE, help_text="of the span of equal length before"
    )
    target = models.DecimalField(null=True, **FIGURE)
    light = models.CharField(max_length=5)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["report", "kpi"], name="report_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kpi}"


class Measure(TimeStamped):
    """What is done about something: why, what, who, until when, with which result."""

    report = models.ForeignKey(
        PerformanceReport,
        null=True,
        on_delete=models.PROTECT,
        related_name="own_measures",
        help_text="which report asked for it",
    )
    review = models.ForeignKey(
        "analytics.ManagementReview",
        null=True,
        on_delete=models.PROTECT,
        related_name="actions",
        help_text="or which management review",
    )
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    kpi = models.CharField(max_length=60, blank=True)
    cause = models.CharField(_("cause"), max_length=300)
    what = models.CharField(_("measure"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("until"))
    first_due_on = models.DateField(help_text="until when it was first promised")
    done_on = models.DateField(null=True)
    result = models.CharField(_("result"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[MeasureQuerySet] = MeasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="measure_has_one_source",
                condition=Q(report__isnull=False, review__isnull=True)
                | Q(report__isnull=True, review__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_done_has_result", condition=Q(done_on__isnull=True) | ~Q(result="")
            ),
            models.CheckConstraint(name="measure_is_whole", condition=~Q(cause="") & ~Q(what="")),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="measure_open_by_day", condition=Q(done_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        """Return the page of the measure."""
        return reverse("analytics:measure", args=[self.pk])


class ReportMeasure(models.Model):
    """A measure as it stands in a report: born there, or carried over into it."""

    report = models.ForeignKey(PerformanceReport, on_delete=models.CASCADE, related_name="entries")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="entries")
    is_carried = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["report", "measure"], name="measure_once_a_report")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.measure_id}"


class ReportPaper(StoredFile):
    """The PDF of a published report, and all it says, frozen."""

    report = models.OneToOneField(PerformanceReport, on_delete=models.PROTECT, related_name="paper")
    facts = models.JSONField(help_text="everything the PDF says")

    class Meta:
        default_permissions = ()
