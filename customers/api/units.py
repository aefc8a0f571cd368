"""Units, to read: where they lie, what they are, where they stand (MKT-56)."""

from typing import Any

from django.db.models import F
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers

from customers.api.resource import ResourceViewSet
from customers.models import Unit
from customers.property import choices
from customers.property.board import state_of, with_state
from customers.property.filters import UnitFilter

VIEW = "customers.view_units"


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """A unit and its state; for whom it is held stands with its purchase."""

    label = serializers.CharField(source="__str__", read_only=True)  # type: ignore[assignment]
    state = serializers.SerializerMethodField()
    building_name = serializers.CharField(source="building.name", read_only=True)
    layout_name = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = [
            *("id", "label", "project", "building", "building_name", "entrance", "floor"),
            *("number", "kind", "layout", "layout_name", "forecast_area", "measured_area"),
            *("inner_area", "shared_area", "orientation", "state", "updated_at"),
        ]

    @extend_schema_field(serializers.ChoiceField(choices=choices.STATES))
    def get_state(self, unit: Any) -> str:
        """Return where the unit stands."""
        return state_of(unit.withheld_at, unit.deal_state)

    def get_layout_name(self, unit: Unit) -> str | None:
        """Return the name of the layout."""
        return unit.layout.name if unit.layout else None


class UnitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Units of the projects of the asker: list and read."""

    queryset = Unit.objects.all()
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {
        "id": ("id",),
        "place": ("building_id", "entrance", "floor", "number"),
        "area": ("forecast_area", "id"),
    }

    def get_queryset(self) -> Any:
        units = Unit.objects.visible_to(self.request.user).select_related("building", "layout")
        return with_state(units).annotate(deal_state=F("deal__state"))
