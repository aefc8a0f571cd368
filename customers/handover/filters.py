"""The filters of batches and of units to be handed over."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.handover import choices
from customers.handover.models import DeliveryBatch, UnitDefect, UnitDelivery
from customers.models.project import Project


def _visible(model: type[Any]) -> Any:
    def rows(request: Any) -> Any:
        user = getattr(request, "user", None)
        return model.objects.none() if user is None else model.objects.visible_to(user)

    return rows


class BatchFilter(filters.FilterSet):
    """By project and grade."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_visible(Project))
    grade = filters.MultipleChoiceFilter(label=_("Risk grade"), choices=choices.RISKS)

    class Meta:
        model = DeliveryBatch
        fields = ["project", "grade"]


class UnitDeliveryFilter(filters.FilterSet):
    """By batch, day, and how far a unit has come; needs ``with_outcome`` and ``with_defects``."""

    project = filters.ModelChoiceFilter(
        label=_("Project"), field_name="batch__project", queryset=_visible(Project)
    )
    batch = filters.ModelChoiceFilter(label=_("Batch"), queryset=_visible(DeliveryBatch))
    day = filters.DateFilter(label=_("Day"), field_name="due_on")
    outcome = filters.MultipleChoiceFilter(
        label=_("State"), choices=choices.OUTCOMES, distinct=False
    )
    invited = filters.BooleanFilter(label=_("Invited"), method="by_invited")
    majors = filters.BooleanFilter(label=_("Open major defects"), method="by_majors")

    class Meta:
        model = UnitDelivery
        fields = ["project", "batch", "day", "outcome", "invited", "majors"]

    def by_invited(
        self, queryset: QuerySet[UnitDelivery], _name: str, value: Any
    ) -> QuerySet[UnitDelivery]:
        """Keep the units whose buyers were, or were not, invited."""
        return queryset.filter(invited_at__isnull=not value)

    def by_majors(self, queryset: Any, _name: str, value: Any) -> QuerySet[UnitDelivery]:
        """Keep the units with, or without, an open major defect."""
        found: QuerySet[UnitDelivery] = queryset.filter(**{"majors__gt" if value else "majors": 0})
        return found


class DefectFilter(filters.FilterSet):
    """By unit to be handed over, trade, severity and state."""

    delivery = filters.ModelChoiceFilter(label=_("Unit"), queryset=_visible(UnitDelivery))
    trade = filters.MultipleChoiceFilter(label=_("Trade"), choices=choices.TRADES)
    severity = filters.MultipleChoiceFilter(label=_("Severity"), choices=choices.SEVERITIES)
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.DEFECT_STATES)

    class Meta:
        model = UnitDefect
        fields = ["delivery", "trade", "severity", "state"]
