"""Where telephone system and bridges report; believed by their signature alone (A-12)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.outbox.gateway import SIGNATURE, TIMESTAMP
from service.desk.choices import CHANNELS, MATTERS
from service.desk.rules.calls import EventKind
from service.desk.services.events import take_event
from service.desk.services.intake import take_signed
from service.desk.services.menu import answer_menu


class CallEventSerializer(serializers.Serializer[Any]):
    """An event of a call: its own key, the call, what happened when."""

    event = serializers.CharField(max_length=100)
    call = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=[each.value for each in EventKind])
    at = serializers.DateTimeField()
    caller = serializers.CharField(max_length=40, required=False)
    line = serializers.CharField(max_length=40, required=False)
    extension = serializers.CharField(max_length=20, required=False)
    recording = serializers.CharField(max_length=300, required=False)


class IngressResultSerializer(serializers.Serializer[Any]):
    """What the report did: applied, or replayed (known already, nothing changed)."""

    result = serializers.CharField()


class SignedView(APIView):
    """Takes reports with ``X-Timestamp`` and ``X-Signature`` over the bytes sent."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    metadata_class = None

    def signed(self, request: Request) -> dict[str, Any]:
        """Return body, time stamp and signature as services take them."""
        raw = request._request
        return {
            "body": raw.body,
            "timestamp": raw.headers.get(TIMESTAMP, ""),
            "signed": raw.headers.get(SIGNATURE, ""),
            "now": timezone.now(),
        }


class CallEventView(SignedView):
    """Events of calls: ringing, answered, held, passed on, hung up, recorded, message left."""

    @extend_schema(request=CallEventSerializer, responses=IngressResultSerializer)
    def post(self, request: Request) -> Response:
        """Apply an event once; 403 unsigned, 413 too long, 400 for what cannot be read."""
        return Response({"result": take_event(**self.signed(request))})


class MenuSerializer(serializers.Serializer[Any]):
    """Where a caller is in the menu: the number, and every key pressed so far."""

    caller = serializers.CharField(max_length=40, required=False)
    digits = serializers.CharField(max_length=20, required=False)


class MenuStepSerializer(serializers.Serializer[Any]):
    """What the telephone system does next: speak, collect keys, record, or ring the agents."""

    action = serializers.CharField()
    say = serializers.ListField(child=serializers.CharField())
    digits = serializers.IntegerField()


class MenuView(SignedView):
    """The keypad menu of the hotline: information or a message, agents while it is staffed."""

    @extend_schema(request=MenuSerializer, responses=MenuStepSerializer)
    def post(self, request: Request) -> Response:
        """Return the next step; 403 unsigned, 413 too long, 400 for what cannot be read."""
        return Response(answer_menu(**self.signed(request)))


class MessageSerializer(serializers.Serializer[Any]):
    """A message of a bridge: the key of its channel, who wrote, what, where the original is."""

    channel = serializers.ChoiceField(choices=[key for key, _label in CHANNELS])
    key = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=[key for key, _label in MATTERS], required=False)
    at = serializers.DateTimeField()
    name = serializers.CharField(max_length=80, required=False)
    phone = serializers.CharField(max_length=40, required=False)
    email = serializers.CharField(max_length=200, required=False)
    subject = serializers.CharField(max_length=120, required=False)
    body = serializers.CharField(max_length=4000, required=False)
    document = serializers.CharField(max_length=300, required=False)
    project = serializers.CharField(max_length=40, required=False)


class MessageResultSerializer(IngressResultSerializer):
    """What the message did, and the number of its ticket."""

    number = serializers.CharField()


class DeskMessageView(SignedView):
    """Messages of bridges: e-mail, fax, app, chat; the same message sent twice is one ticket."""

    @extend_schema(request=MessageSerializer, responses=MessageResultSerializer)
    def post(self, request: Request) -> Response:
        """Take a message once; 403 unsigned, 413 too long, 400 for what cannot be read."""
        result, number = take_signed(**self.signed(request))
        return Response({"result": result, "number": number})
