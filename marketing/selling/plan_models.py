"""Sales plans by project and consultant (MKT-53)."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.common.models import TimeStamped
from customers.models.project import Project
from marketing.selling import choices
from marketing.selling.querysets import SalesPlanQuerySet
from marketing.selling.rules.plans import AT_WORK, NAMES, Figures, PlanState
from marketing.selling.rules.spans import Span, name_of, span_of

USER = settings.AUTH_USER_MODEL
YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2, "default": 0}
NOT_NEGATIVE = Q(units__gte=0, area__gte=0, amount__gte=0, receipts__gte=0)


class PlannedFigures(models.Model):
    """Units, area, amount and receipts of a plan or of one of its lines."""

    units = models.PositiveIntegerField(_("units"), default=0)
    area = models.DecimalField(_("area (m²)"), max_digits=12, decimal_places=2, default=0)
    amount = models.DecimalField(_("contract amount (yuan)"), **YUAN)
    receipts = models.DecimalField(_("receipts (yuan)"), **YUAN)

    class Meta:
        abstract = True

    @property
    def figures(self) -> Figures:
        """The four figures."""
        return Figures(**{key: Decimal(getattr(self, key)) for key in NAMES})


class SalesPlan(PlannedFigures, TimeStamped):
    """One version of the plan of a project for a year, month or week; the figures are its own.

    Once approved it never changes: an adjustment is the next version, which replaces it.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="sales_plans", verbose_name=_("project")
    )
    grain = models.CharField(_("span"), max_length=5, choices=choices.PLAN_GRAINS)
    starts_on = models.DateField(_("begins on"))
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=choices.PLAN_STATES, default=PlanState.DRAFT.value
    )
    reason = models.CharField(_("why it is adjusted"), max_length=300, blank=True)
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[SalesPlanQuerySet] = SalesPlanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_sales_plan", "See sales plans and sales statistics"),
            ("keep_sales_plan", "Write and adjust sales plans"),
            ("sign_sales_plan", "Sign sales plans"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "grain", "starts_on", "version"], name="sales_plan_version_once"
            ),
            models.UniqueConstraint(
                fields=["project", "grain", "starts_on"],
                name="sales_plan_one_in_force",
                condition=Q(state=PlanState.APPROVED.value),
            ),
            models.UniqueConstraint(
                fields=["project", "grain", "starts_on"],
                name="sales_plan_one_at_work",
                condition=Q(state__in=[state.value for state in AT_WORK]),
            ),
            models.CheckConstraint(name="sales_plan_not_negative", condition=NOT_NEGATIVE),
            models.CheckConstraint(
                name="sales_plan_adjusted_for_a_reason", condition=Q(version=1) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["grain", "starts_on", "state"], name="sales_plan_by_span")]

    def __str__(self) -> str:
        return f"{self.project} · {self.span_name} · V{self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of the plan."""
        return reverse("marketing:sales-plan", args=[self.pk])

    @property
    def span(self) -> Span:
        """Its days."""
        return span_of(self.grain, self.starts_on)

    @property
    def span_name(self) -> str:
        """Its days in short."""
        return name_of(self.grain, self.span)


class SalesPlanLine(PlannedFigures):
    """What one consultant is to reach of a plan."""

    plan = models.ForeignKey(SalesPlan, on_delete=models.CASCADE, related_name="lines")
    consultant = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["plan", "consultant"], name="sales_plan_line_once"),
            models.CheckConstraint(name="sales_plan_line_not_negative", condition=NOT_NEGATIVE),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.consultant_id}"
