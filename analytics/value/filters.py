"""The filters of value."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from analytics.churn import choices as churn_choices
from analytics.value import choices
from analytics.value.models import AdviceCard, BasketRule, CustomerValue, PurchaseIntent
from crm_site.common.filter_bars import LeanFilterSet
from customers import choices as customer_choices
from customers.models import Project

UNGRADED = "none"
RISKS = [pair for pair in churn_choices.LEVELS if pair[0] != "none"]


def projects_of(request: Any) -> Any:
    """Return the projects of the asker."""
    return Project.objects.visible_to(request.user)


class ValueFilter(filters.FilterSet):
    """By project, grade and the cell of each method."""

    project = filters.ModelChoiceFilter(
        label=_("Project"), queryset=projects_of, field_name="customer__project"
    )
    grade = filters.ChoiceFilter(
        label=_("Grade"),
        choices=[*customer_choices.GRADES, (UNGRADED, _("without"))],
        method="by_grade",
    )
    by_value = filters.ChoiceFilter(label=_("By value"), choices=choices.BY_VALUE)
    by_need = filters.ChoiceFilter(label=_("By need"), choices=choices.BY_NEED)
    by_behaviour = filters.ChoiceFilter(label=_("By behaviour"), choices=choices.BY_BEHAVIOUR)
    by_stage = filters.ChoiceFilter(label=_("By stage"), choices=choices.BY_STAGE)

    class Meta:
        model = CustomerValue
        fields: tuple[str, ...] = ()

    def by_grade(self, rows: Any, _name: str, value: str) -> Any:
        """Keep one grade, or those without any."""
        if value == UNGRADED:
            return rows.filter(customer__grading__isnull=True)
        return rows.filter(customer__grading__grade=value)


class IntentFilter(LeanFilterSet):
    """By responsibility, stage, project and risk of leaving."""

    mine = filters.BooleanFilter(label=_("Mine"), method="by_mine")
    stage = filters.MultipleChoiceFilter(label=_("Stage"), choices=choices.INTENT_STAGES)
    project = filters.ModelChoiceFilter(
        label=_("Project"), queryset=projects_of, field_name="customer__project"
    )
    risk = filters.MultipleChoiceFilter(
        label=_("Churn risk"), choices=RISKS, field_name="customer__churn_score__level"
    )

    class Meta:
        model = PurchaseIntent
        fields: tuple[str, ...] = ()

    def by_mine(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- the library calls it so
        """Keep the customers the asker is responsible for."""
        return rows.filter(customer__owner=self.request.user) if value else rows


class RuleFilter(filters.FilterSet):
    """By decision."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.RULE_STATES)

    class Meta:
        model = BasketRule
        fields: tuple[str, ...] = ()


class AdviceFilter(filters.FilterSet):
    """By kind, project and decision."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=choices.ADVICE_KINDS)
    state = filters.ChoiceFilter(label=_("State"), choices=choices.ADVICE_STATES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = AdviceCard
        fields: tuple[str, ...] = ()
