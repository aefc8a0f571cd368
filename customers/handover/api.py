"""Batches, units to be handed over and their defects, to read."""

from typing import Any

from django.utils import timezone
from rest_framework import mixins, serializers

from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.handover import choices
from customers.handover.filters import BatchFilter, DefectFilter, UnitDeliveryFilter
from customers.handover.models import DeliveryBatch, UnitDefect, UnitDelivery

VIEW = "customers.view_units"


class DeliveryBatchSerializer(serializers.ModelSerializer[DeliveryBatch]):
    """A batch with the risk of each area and the grade the rule gave it."""

    class Meta:
        model = DeliveryBatch
        fields = [
            *("id", "project", "name", "planned_on", "quality", "schedule", "documents"),
            *("facilities", "risk_note", "grade", "grade_version", "approved_at"),
        ]


class DeliverySerializer(serializers.ModelSerializer[UnitDelivery]):
    """A unit with how far its handover has come; whose it is stands with its purchase."""

    unit_name = serializers.CharField(source="unit.__str__", read_only=True)
    slot_starts_at = serializers.DateTimeField(
        source="slot.starts_at", read_only=True, default=None, allow_null=True
    )
    outcome = serializers.ChoiceField(choices=choices.OUTCOMES, read_only=True)
    majors = serializers.IntegerField(read_only=True)
    defects_open = serializers.IntegerField(read_only=True)

    class Meta:
        model = UnitDelivery
        fields = [
            *("id", "batch", "unit", "unit_name", "purchase", "walked_at", "invited_at", "due_on"),
            *("slot_starts_at", "refused_at", "refusal", "taken_at", "outcome", "majors"),
            *("defects_open", "updated_at"),
        ]


class DefectSerializer(serializers.ModelSerializer[UnitDefect]):
    """A defect and how often its repair did not pass."""

    unit = serializers.IntegerField(source="delivery.unit_id", read_only=True)

    class Meta:
        model = UnitDefect
        fields = [
            *("id", "delivery", "unit", "occasion", "room", "trade", "severity", "text", "state"),
            *("failures", "found_at", "closed_at", "updated_at"),
        ]


class DeliveryBatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Batches of the projects of the asker: list and read."""

    queryset = DeliveryBatch.objects.all()
    serializer_class = DeliveryBatchSerializer
    filterset_class = BatchFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("id",), "day": ("-planned_on", "-id")}

    def get_queryset(self) -> Any:
        return DeliveryBatch.objects.visible_to(current_user(self.request))


class DeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Units to be handed over in the projects of the asker: list and read."""

    queryset = UnitDelivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = UnitDeliveryFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("id",), "place": ("batch_id", "id")}

    def get_queryset(self) -> Any:
        rows = UnitDelivery.objects.visible_to(current_user(self.request))
        rows = rows.with_outcome(now=timezone.now()).with_defects()
        return rows.select_related("unit__building", "slot")


class DefectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Defects of the units of the asker's projects: list and read."""

    queryset = UnitDefect.objects.all()
    serializer_class = DefectSerializer
    filterset_class = DefectFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("-id",)}

    def get_queryset(self) -> Any:
        return UnitDefect.objects.visible_to(current_user(self.request)).select_related("delivery")
