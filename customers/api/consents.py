"""What a customer agreed to, purpose by purpose, and the channels it refuses (PLT-06)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers import choices
from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.selectors.consents import consent_items, refused_channels
from customers.services.consents import LONGEST_PROOF, opt_in, opt_out, record_consent


class AnswerSerializer(serializers.Serializer[Any]):
    """One answer of the past; it never changes."""

    is_given = serializers.BooleanField(source="event.is_given")
    channel = serializers.CharField(source="event.channel")
    proof = serializers.CharField(source="event.proof")
    at = serializers.DateTimeField(source="event.at")
    text_version = serializers.IntegerField(source="event.text_version")


class ConsentSerializer(serializers.Serializer[Any]):
    """One purpose: today's text, where it stands under it, and every answer, the latest first."""

    purpose = serializers.CharField()
    standing = serializers.CharField(help_text="never_asked, given, outdated or withdrawn")
    text = serializers.CharField()
    version = serializers.IntegerField()
    history = AnswerSerializer(many=True)


class ConsentCreateSerializer(serializers.Serializer[Any]):
    """An answer for one purpose; ``text_version`` is the text that the customer was shown."""

    purpose = serializers.ChoiceField(choices=choices.PURPOSES)
    is_given = serializers.BooleanField()
    channel = serializers.ChoiceField(choices=choices.CONTACT_CHANNELS)
    proof = serializers.CharField(
        max_length=LONGEST_PROOF, required=False, allow_blank=True, default=""
    )
    text_version = serializers.IntegerField(required=False, min_value=1)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """A consent names the text it was given to."""
        if data["is_given"] and "text_version" not in data:
            message = "Name the version of the text that the customer was shown."
            raise serializers.ValidationError({"text_version": [message]})
        return data


class ChannelSerializer(serializers.Serializer[Any]):
    """A channel, and since when the customer refuses it (null: it does not)."""

    channel = serializers.CharField()
    refused_since = serializers.DateTimeField(allow_null=True)


class ChannelChangeSerializer(serializers.Serializer[Any]):
    """A channel that the customer refuses, or allows again."""

    channel = serializers.ChoiceField(choices=choices.CONTACT_CHANNELS)
    is_refused = serializers.BooleanField()


class ConsentSteps:
    """Actions of the customer resource about consent."""

    @extend_schema(responses=ConsentSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def consents(self: Any, request: Request, pk: str) -> Response:
        """Show every purpose with its text and answers."""
        return Response(_consents(self.get_object()))

    @extend_schema(request=ConsentCreateSerializer, responses={201: ConsentSerializer(many=True)})
    @consents.mapping.post
    @idempotent()
    def record_answer(self: Any, request: Request, pk: str) -> Response:
        """Add an answer and show all; 409 for a consent to a text that is no longer today's."""
        customer = self.get_object()
        data = self.valid(ConsentCreateSerializer, request.data)
        record_consent(
            customer=customer,
            purpose=Purpose(data["purpose"]),
            is_given=data["is_given"],
            channel=Channel(data["channel"]),
            proof=data["proof"],
            shown_version=data.get("text_version"),
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(_consents(customer), status=status.HTTP_201_CREATED)

    @extend_schema(responses=ChannelSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def channels(self: Any, request: Request, pk: str) -> Response:
        """Show the channels and which of them the customer refuses (CUS-47)."""
        return Response(_channels(self.get_object()))

    @extend_schema(request=ChannelChangeSerializer, responses=ChannelSerializer(many=True))
    @channels.mapping.post
    @idempotent()
    def refuse_channel(self: Any, request: Request, pk: str) -> Response:
        """Note that the customer refuses a channel, or allows it again (CUS-47)."""
        customer = self.get_object()
        data = self.valid(ChannelChangeSerializer, request.data)
        change = opt_out if data["is_refused"] else opt_in
        change(
            customer=customer,
            channel=Channel(data["channel"]),
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(_channels(customer))


def _consents(customer: Customer) -> Any:
    return ConsentSerializer(consent_items(customer, now=timezone.now()), many=True).data


def _channels(customer: Customer) -> Any:
    rows = [
        {"channel": key, "refused_since": since}
        for key, _label, since in refused_channels(customer)
    ]
    return ChannelSerializer(rows, many=True).data
