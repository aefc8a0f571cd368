"""Where the e-sign provider reports; believed by its signature alone (CUS-65)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.outbox.gateway import SIGNATURE, TIMESTAMP
from customers.signing.services.callbacks import take_callback


class CallbackSerializer(serializers.Serializer[Any]):
    """A report: its own key, the request it is about, what happened, the digest of the document."""

    event = serializers.CharField(max_length=100)
    request = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["viewed", "signed", "declined", "expired"])
    digest = serializers.CharField(max_length=64, required=False)


class CallbackResultSerializer(serializers.Serializer[Any]):
    """What the report did: applied, ignored or replayed."""

    result = serializers.CharField()


class SigningCallbackView(APIView):
    """Reports of the provider, with ``X-Timestamp`` and ``X-Signature`` over the bytes sent."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    metadata_class = None

    @extend_schema(request=CallbackSerializer, responses=CallbackResultSerializer)
    def post(self, request: Request) -> Response:
        """Apply a report once; 403 for a wrong signature, 400 for what cannot be read."""
        raw = request._request
        result = take_callback(
            body=raw.body,
            timestamp=raw.headers.get(TIMESTAMP, ""),
            signed=raw.headers.get(SIGNATURE, ""),
            now=timezone.now(),
        )
        return Response({"result": result})
