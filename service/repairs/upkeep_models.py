"""Upkeep of older estates, and what earlier projects teach the next one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Project
from service.repairs import choices
from service.repairs.querysets import InProjectQuerySet, UpkeepQuerySet


class UpkeepPlan(TimeStamped):
    """What is kept up in an older estate outside its maintenance fund, year by year (SVC-101)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="upkeep", verbose_name=_("estate")
    )
    name = models.CharField(_("plan"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    goal = models.TextField(_("what it is for"), max_length=1000, blank=True)

    objects: ClassVar[UpkeepQuerySet] = UpkeepQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="upkeep_plan_name_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.name}"


class UpkeepItem(TimeStamped):
    """One thing of a plan: who asked for it, what it costs, by when, and what came of it."""

    plan = models.ForeignKey(UpkeepPlan, on_delete=models.PROTECT, related_name="items")
    title = models.CharField(_("what is done"), max_length=120)
    part = models.CharField(_("part"), max_length=16, choices=choices.PARTS)
    asked_by = models.CharField(_("asked for by"), max_length=120, blank=True)
    cost = models.DecimalField(_("cost planned (yuan)"), max_digits=12, decimal_places=2)
    spent = models.DecimalField(
        _("cost so far (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("done by"))
    state = models.CharField(
        _("state"), max_length=8, choices=choices.UPKEEP_STATES, default="planned"
    )
    result = models.TextField(_("result"), max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="upkeep_item_costs",
                condition=Q(cost__gte=0) & (Q(spent__isnull=True) | Q(spent__gte=0)),
            ),
            models.CheckConstraint(
                name="upkeep_item_done_has_result",
                condition=~Q(state__in=["done", "dropped"]) | ~Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(TimeStamped):
    """A group of defects that comes back more often than the base rate, found by a job (BEY-11)."""

    source = models.CharField(max_length=8, help_text="defects or repairs")
    dimension = models.CharField(max_length=10, help_text="trade, contractor or layout")
    value = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    hits = models.PositiveIntegerField()
    cases = models.PositiveIntegerField()
    low = models.FloatField()
    high = models.FloatField()
    base = models.FloatField()
    found_at = models.DateTimeField(help_text="last time the figures said so")
    is_current = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "dimension", "value"], name="lesson_once")
        ]

    def __str__(self) -> str:
        return self.label


class LessonCheck(models.Model):
    """How the design of a project deals with a lesson of earlier ones."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lesson_checks")
    key = models.SlugField(max_length=40, db_index=False, help_text="of the lesson or the answer")
    note = models.CharField(_("how the design deals with it"), max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="lesson_checked_once")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.key}"
