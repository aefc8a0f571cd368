"""The filters of repairs, jobs, charge-backs and upkeep."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from service.repairs import choices
from service.repairs.models import ChargeBack, Contractor, RepairOrder, UpkeepPlan


def projects(request: Any) -> Any:
    """Return the projects the asker may see."""
    return Project.objects.visible_to(request.user)


class OrderFilter(filters.FilterSet):
    """By stage, warranty, part, trade, project and contractor."""

    stage = filters.MultipleChoiceFilter(label=_("Stage"), choices=choices.STAGES)
    standing = filters.MultipleChoiceFilter(label=_("Warranty"), choices=choices.STANDINGS)
    part = filters.MultipleChoiceFilter(
        label=pgettext_lazy("repair", "Part"), choices=choices.PARTS
    )
    trade = filters.MultipleChoiceFilter(label=_("Trade"), choices=choices.TRADES)
    project = filters.ModelChoiceFilter(
        label=_("Project"), field_name="ticket__project", queryset=projects
    )
    contractor = filters.ModelChoiceFilter(
        label=_("Contractor"),
        field_name="jobs__contractor",
        queryset=Contractor.objects.all(),
        distinct=True,
    )

    class Meta:
        model = RepairOrder
        fields = ["stage"]


class ContractorFilter(filters.FilterSet):
    """By trade and whether it is sent."""

    trade = filters.ChoiceFilter(label=_("Trade"), choices=choices.TRADES, method="by_trade")
    is_active = filters.BooleanFilter(label=_("Is sent to repairs"))

    class Meta:
        model = Contractor
        fields = ["is_active"]

    def by_trade(self, queryset: Any, _name: str, value: str) -> Any:
        """Keep who takes on a trade."""
        return queryset.filter(trades__contains=[value])


class ChargeFilter(filters.FilterSet):
    """By state and contractor."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.CHARGES)
    contractor = filters.ModelChoiceFilter(label=_("Contractor"), queryset=Contractor.objects.all())

    class Meta:
        model = ChargeBack
        fields = ["state"]


class UpkeepFilter(filters.FilterSet):
    """By estate."""

    project = filters.ModelChoiceFilter(label=_("Estate"), queryset=projects)

    class Meta:
        model = UpkeepPlan
        fields = ["project"]
