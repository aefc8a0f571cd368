"""The filters of selling."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Project
from marketing.selling import choices
from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.plan_models import SalesPlan


def projects_of(request: Any) -> Any:
    """Return the projects the asker sees."""
    user = getattr(request, "user", None)
    return Project.objects.none() if user is None else Project.objects.visible_to(user)


class SalesPlanFilter(filters.FilterSet):
    """By project, span and state."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    grain = filters.ChoiceFilter(label=_("Span"), choices=choices.PLAN_GRAINS)
    state = filters.ChoiceFilter(label=_("State"), choices=choices.PLAN_STATES)

    class Meta:
        model = SalesPlan
        fields = ["project", "grain", "state"]


class SellingCheckFilter(filters.FilterSet):
    """By project, kind and state."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    kind = filters.ChoiceFilter(label=_("Kind"), choices=choices.CHECK_KINDS)
    state = filters.ChoiceFilter(label=_("State"), choices=choices.CHECK_STATES)

    class Meta:
        model = SellingCheck
        fields = ["project", "kind", "state"]


class OfficeFilter(filters.FilterSet):
    """By project."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = SalesOffice
        fields = ["project"]
