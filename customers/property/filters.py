"""The filters of projects and units."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.policies.services import in_force
from customers.models import Building, Layout, Project, Unit
from customers.property import choices
from customers.property.measuring import over_limit
from customers.property.policies import PROPERTY
from customers.property.rules import UnitState

AREA_STATES = [
    ("over", _("Difference over the limit")),
    ("measured", _("Measured")),
    ("open", _("Not measured yet")),
]


def _of_user(model: type[Any]) -> Any:
    def rows(request: Any) -> Any:
        user = getattr(request, "user", None)
        return model.objects.none() if user is None else model.objects.visible_to(user)

    return rows


class ProjectFilter(filters.FilterSet):
    """By city."""

    city = filters.CharFilter(label=_("City"))

    class Meta:
        model = Project
        fields = ["city"]


class AreaFilter(filters.FilterSet):
    """By building, and by how the areas compare (MKT-52)."""

    state = filters.ChoiceFilter(label=_("Areas"), choices=AREA_STATES, method="by_state")
    building = filters.CharFilter(label=_("Building"), field_name="building__name")

    class Meta:
        model = Unit
        fields = ["state", "building"]

    def by_state(self, queryset: QuerySet[Unit], _name: str, value: str) -> QuerySet[Unit]:
        """Keep the units whose areas stand so."""
        if value == "over":
            share = in_force(PROPERTY, at=timezone.now()).value.area_share
            found: QuerySet[Unit] = over_limit(queryset, share=share)
            return found
        return queryset.filter(measured_area__isnull=value == "open")


class UnitFilter(filters.FilterSet):
    """By place, state, kind, layout and area; for the API."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_of_user(Project))
    building = filters.ModelChoiceFilter(label=_("Building"), queryset=_of_user(Building))
    layout = filters.ModelChoiceFilter(label=_("Layout"), queryset=_of_user(Layout))
    kind = filters.MultipleChoiceFilter(label=_("Kind of unit"), choices=choices.KINDS)
    state = filters.MultipleChoiceFilter(
        label=_("State"), choices=choices.STATES, method="by_state"
    )
    area = filters.RangeFilter(label=_("Area (m²)"), method="by_area")

    class Meta:
        model = Unit
        fields = ["project", "building", "layout", "kind", "state", "area"]

    def by_state(self, queryset: Any, _name: str, values: list[str]) -> Any:
        """Keep the units in one of the states; without any choice all. They carry ``deal``."""
        if not values:
            return queryset
        wanted = Q(deal__state__in=values)
        if UnitState.WITHHELD in values:
            wanted |= Q(deal__isnull=True, withheld_at__isnull=False)
        if UnitState.AVAILABLE in values:
            wanted |= Q(deal__isnull=True, withheld_at__isnull=True)
        return queryset.filter(wanted)

    def by_area(self, queryset: Any, _name: str, value: slice) -> Any:
        """Keep the units whose area, measured or else forecast, lies in the range."""
        for end, step in ((value.start, "gte"), (value.stop, "lte")):
            if end is not None:
                measured = Q(**{f"measured_area__{step}": end})
                forecast = Q(measured_area=None, **{f"forecast_area__{step}": end})
                queryset = queryset.filter(measured | forecast)
        return queryset
