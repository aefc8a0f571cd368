"""What is made of the answers: plans, alerts, monthly sheets, frozen reports."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers.models import Project
from service.surveys import choices
from service.surveys.report_querysets import PlanQuerySet, ScopedQuerySet


class ImprovementPlan(TimeStamped):
    """What is to become better after a survey (SVC-49)."""

    survey = models.OneToOneField(
        "service.Survey", on_delete=models.PROTECT, related_name="improvement"
    )
    title = models.CharField(_("title"), max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[PlanQuerySet] = PlanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class ImprovementItem(TimeStamped):
    """One thing to do about a low figure: who, until when, done with what."""

    plan = models.ForeignKey(ImprovementPlan, on_delete=models.CASCADE, related_name="items")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=60)
    topic = models.CharField(_("topic"), max_length=300)
    figure = models.DecimalField(max_digits=4, decimal_places=2, help_text="out of ten")
    answers = models.PositiveIntegerField(help_text="how many the figure rests on")
    measure = models.CharField(_("measure"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "project", "question"],
                name="improvement_item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="improvement_done_has_result",
                condition=Q(done_on__isnull=True) | ~Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return self.topic


class SatisfactionAlert(models.Model):
    """A score that fell from one month to the next, told once (SVC-52)."""

    month_on = models.DateField()
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    before = models.DecimalField(max_digits=4, decimal_places=2)
    after = models.DecimalField(max_digits=4, decimal_places=2)
    answers = models.PositiveIntegerField()
    raised_at = models.DateTimeField()

    objects: ClassVar[ScopedQuerySet] = ScopedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["month_on", "project", "person"],
                name="satisfaction_alert_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.month_on} · {self.project_id or self.person_id}"


class QualitySheet(models.Model):
    """How well a project sold in one month: ratings, checks, complaints (SVC-53)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    month_on = models.DateField()
    ratings = models.PositiveIntegerField(help_text="answers after visits and signings")
    mean = models.DecimalField(max_digits=4, decimal_places=2, null=True, help_text="out of ten")
    satisfied = models.PositiveIntegerField()
    checks = models.PositiveIntegerField(help_text="check sheets completed")
    check_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    complaints = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    objects: ClassVar[ScopedQuerySet] = ScopedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "month_on"], name="quality_sheet_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.month_on}"


class SatisfactionReport(StoredFile):
    """A report as it was made: its figures frozen, and the PDF made of them alone."""

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=choices.REPORTS)
    region = models.ForeignKey(
        OrgNode,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose figures it holds; empty: the whole company",
    )
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    facts = models.JSONField(help_text="everything the PDF says")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    objects: ClassVar[ScopedQuerySet] = ScopedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="satisfaction_report_ends_after_start",
                condition=Q(ends_on__gte=models.F("starts_on")),
            )
        ]

    def __str__(self) -> str:
        return self.number
