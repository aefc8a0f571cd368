"""The price of a unit at any moment (MKT-45)."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.models import Unit
from customers.pricing.models import UnitPrice
from customers.pricing.selectors import price_at

VIEW = "customers.view_units"
FLOOR = "customers.view_floor_price"


class MomentSerializer(serializers.Serializer[Any]):
    """The moment asked for; now where it is left out."""

    at = serializers.DateTimeField(required=False)


class UnitPriceSerializer(serializers.ModelSerializer[UnitPrice]):
    """A price in yuan; ``floor_total`` only for those who may see floor prices."""

    class Meta:
        model = UnitPrice
        fields = [
            *("unit", "price_list", "unit_price", "public_total", "floor_total", "effective_at")
        ]
        read_only_fields = fields

    def to_representation(self, instance: UnitPrice) -> dict[str, Any]:
        """Leave the floor price out for everybody without the right to it."""
        shown = dict(super().to_representation(instance))
        if not current_user(self.context["request"]).has_perm(FLOOR):
            del shown["floor_total"]
        return shown


class UnitPriceViewSet(ResourceViewSet):
    """The price of one unit."""

    queryset = Unit.objects.all()
    serializer_class = UnitPriceSerializer
    permissions = {"retrieve": VIEW}

    def get_queryset(self) -> Any:
        return Unit.objects.visible_to(current_user(self.request))

    @extend_schema(parameters=[OpenApiParameter("at", str, description="ISO 8601, now if empty")])
    def retrieve(self, request: Request, pk: str) -> Response:
        """Return the price in force at the moment; 404 before the first."""
        data = self.valid(MomentSerializer, request.query_params)
        price = price_at(self.get_object(), at=data.get("at") or timezone.now())
        if price is None:
            raise Http404
        return Response(self.get_serializer(price).data)
