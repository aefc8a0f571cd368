"""The intake of behaviour events (CUS-32)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers import choices
from customers.api.resource import ResourceViewSet
from customers.models import BehaviourEvent
from customers.rules.behaviour import MOST_EVENTS
from customers.services.behaviour import BehaviourEntry, EventsError, take_in_events

LARGEST_ID = 2**63 - 1


class BehaviourEventSerializer(serializers.Serializer[Any]):
    """One event. The customer is named by ``customer``, by ``phone`` or by the external id."""

    event_id = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=choices.BEHAVIOUR_KINDS)
    action = serializers.CharField(max_length=40, required=False, allow_blank=True)
    channel = serializers.CharField(max_length=12, required=False, allow_blank=True)
    facts = serializers.DictField(child=serializers.JSONField(), required=False)
    at = serializers.DateTimeField()
    customer = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    external_source = serializers.CharField(max_length=40, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ReceivedSerializer(serializers.Serializer[Any]):
    """How many events were received, known ones included."""

    received = serializers.IntegerField()


class BehaviourEventViewSet(ResourceViewSet):
    """What customers did: browsed, consulted, transacted, gave feedback; only added to."""

    queryset = BehaviourEvent.objects.none()
    serializer_class = BehaviourEventSerializer
    permissions = {"create": "customers.add_behaviour"}

    @extend_schema(request=BehaviourEventSerializer(many=True), responses={202: ReceivedSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Take in one event or a list of up to 500, all or none of them.

        202 says how many were received, never whether a phone number is known. 400 names the
        events that cannot be stored by their place in the list; 409 the ids that were used for
        other events.
        """
        is_list = isinstance(request.data, list)
        given = request.data if is_list else [request.data]
        if not 0 < len(given) <= MOST_EVENTS:
            raise ValidationError(_("Send 1 to %(most)s events.") % {"most": MOST_EVENTS})
        serializer = BehaviourEventSerializer(data=given, many=True)
        if not serializer.is_valid():
            raise _refused(_by_place(serializer.errors), is_list=is_list)
        entries = [BehaviourEntry(**each) for each in serializer.validated_data]
        try:
            received = take_in_events(
                entries=entries, actor=current_user(request), now=timezone.now()
            )
        except EventsError as error:
            faults = {place: found.messages for place, found in error.faults.items()}
            raise _refused(faults, is_list=is_list) from error
        return Response({"received": received}, status=status.HTTP_202_ACCEPTED)


def _by_place(errors: Any) -> dict[int, Any]:
    """Return the errors of a list serializer by place; it gives a list or, by place, a dict."""
    pairs = errors.items() if isinstance(errors, dict) else enumerate(errors)
    return {int(place): found for place, found in pairs if found}


def _refused(errors: dict[int, Any], *, is_list: bool) -> ValidationError:
    if not is_list:
        return ValidationError(errors[0])
    return ValidationError({str(place): found for place, found in errors.items() if found})
