"""Looks at VR tours, as whoever runs the tours reports them (CUS-62)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.behaviour import ReceivedSerializer
from customers.api.resource import ResourceViewSet
from customers.journey.tours import Look, take_in_look
from customers.models import BehaviourEvent
from customers.rules.behaviour import LONGEST_VISIT


class TourViewSerializer(serializers.Serializer[Any]):
    """One look: ``visitor`` is the value the personal link of the tour carried."""

    event_id = serializers.CharField(max_length=80)
    visitor = serializers.CharField(max_length=200)
    at = serializers.DateTimeField()
    dwell_seconds = serializers.IntegerField(min_value=0, max_value=LONGEST_VISIT)


class TourViewViewSet(ResourceViewSet):
    """Looks at VR tours with their length; only added to."""

    queryset = BehaviourEvent.objects.none()
    serializer_class = TourViewSerializer
    permissions = {"create": "customers.add_behaviour"}

    @extend_schema(request=TourViewSerializer, responses={202: ReceivedSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Take in one look; the same ``event_id`` with the same content again has no effect.

        400 names a visitor that was not signed here; 409 an id used for another event.
        """
        look = Look(**self.valid(TourViewSerializer, request.data))
        take_in_look(look=look, actor=current_user(request), now=timezone.now())
        return Response({"received": 1}, status=status.HTTP_202_ACCEPTED)
