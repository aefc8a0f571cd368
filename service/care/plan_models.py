"""The care plan of a project and year, with its activities (SVC-84)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.project import Project
from service.care import choices
from service.care.querysets import CareQuerySet
from service.care.rules import PaperState

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class CarePlan(TimeStamped):
    """What a project does for its owners in a year."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    aim = models.CharField(_("aim of the year"), max_length=300, blank=True)
    state = models.CharField(
        max_length=10, choices=choices.PAPER_STATES, default=PaperState.DRAFT.value
    )
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "year"], name="care_plan_once_a_year"),
            models.CheckConstraint(
                name="care_plan_year_plausible", condition=Q(year__gte=2000, year__lte=2100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.year}"


class CareActivity(TimeStamped):
    """One activity of a plan: its day and budget, and once done what it cost and brought."""

    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="activities")
    title = models.CharField(_("activity"), max_length=120)
    planned_on = models.DateField(_("planned for"))
    budget = models.DecimalField(_("budget (yuan)"), **YUAN)
    done_on = models.DateField(_("done on"), null=True)
    spent = models.DecimalField(_("cost (yuan)"), **YUAN, null=True)
    result = models.CharField(_("what it brought"), max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["planned_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="care_activity_money_not_negative",
                condition=Q(budget__gte=0) & (Q(spent__isnull=True) | Q(spent__gte=0)),
            ),
            models.CheckConstraint(
                name="care_activity_done_is_whole",
                condition=Q(done_on__isnull=True, spent__isnull=True)
                | Q(done_on__isnull=False, spent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CareIssue(TimeStamped):
    """An issue of the club newsletter for the owners of a project (SVC-78)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    number = models.PositiveSmallIntegerField(_("number of the issue"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=4000)
    published_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0, help_text="owners written to")

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="care_issue_number_once")
        ]

    def __str__(self) -> str:
        return self.title
