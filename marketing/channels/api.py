"""Where machines bring leads; believed by their signature alone (A-12)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.outbox.gateway import SIGNATURE, TIMESTAMP
from marketing.channels.ingress import take_signed

APPLIED, REPLAYED = "applied", "replayed"


class LeadIntakeSerializer(serializers.Serializer[Any]):
    """A lead: the key of its source, who, for which code or project, from where."""

    key = serializers.CharField(max_length=80)
    source = serializers.CharField(max_length=40, required=False)  # type: ignore[assignment]
    phone = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=80, required=False)
    enquiry = serializers.CharField(max_length=500, required=False)
    code = serializers.CharField(max_length=24, required=False)
    project = serializers.CharField(max_length=40, required=False)
    channel = serializers.CharField(max_length=60, required=False)
    campaign = serializers.CharField(max_length=80, required=False)
    utm_source = serializers.CharField(max_length=80, required=False)
    utm_medium = serializers.CharField(max_length=80, required=False)
    utm_campaign = serializers.CharField(max_length=80, required=False)
    utm_content = serializers.CharField(max_length=80, required=False)
    utm_term = serializers.CharField(max_length=80, required=False)


class LeadIntakeResultSerializer(serializers.Serializer[Any]):
    """What the lead did: applied, or replayed (known already, nothing changed); its number."""

    result = serializers.CharField()
    number = serializers.IntegerField()


class LeadIntakeView(APIView):
    """Takes leads with ``X-Timestamp`` and ``X-Signature`` over the bytes sent."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    metadata_class = None

    @extend_schema(request=LeadIntakeSerializer, responses=LeadIntakeResultSerializer)
    def post(self, request: Request) -> Response:
        """Take a lead once; 403 unsigned, 413 too long, 400 unreadable, 409 a barred partner."""
        raw = request._request
        taken = take_signed(
            body=raw.body,
            timestamp=raw.headers.get(TIMESTAMP, ""),
            signed=raw.headers.get(SIGNATURE, ""),
            now=timezone.now(),
        )
        result = REPLAYED if taken.is_replay else APPLIED
        return Response({"result": result, "number": taken.intake.pk})
