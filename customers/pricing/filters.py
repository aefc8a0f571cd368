"""The filters of price lists and discounts."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from customers.pricing import choices
from customers.pricing.models import DiscountRequest, PriceLetter, PriceList


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class PriceListFilter(filters.FilterSet):
    """By state and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.LIST_STATES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = PriceList
        fields = ["state", "project"]


class DiscountFilter(filters.FilterSet):
    """By state and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.DISCOUNT_STATES)
    project = filters.ModelChoiceFilter(
        label=_("Project"), field_name="unit__project", queryset=_projects
    )

    class Meta:
        model = DiscountRequest
        fields = ["state", "project"]


class LetterFilter(filters.FilterSet):
    """By state and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.LETTER_STATES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = PriceLetter
        fields = ["state", "project"]
