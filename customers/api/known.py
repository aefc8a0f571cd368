"""What is known about one customer: portrait, registered wishes, preferences (CUS-30 to CUS-33)."""

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
from customers.filters import visible_projects
from customers.models import IntentRegistration, Preference, Project
from customers.preference_words import LONGEST, MOST_VALUES
from customers.selectors.portrait import as_blocks, read_portrait
from customers.services.intents import FIELDS, LENGTHS, IntentEntry, register_intent
from customers.services.preferences import set_preferences

MOST_VERSIONS = 200


class ValueSerializer(serializers.Serializer[Any]):
    """One value of the portrait; ``value`` is null where it is unknown or hidden from the asker."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField()


class PortraitSerializer(serializers.Serializer[Any]):
    """The four blocks of the portrait."""

    basics = ValueSerializer(many=True)
    behaviour = ValueSerializer(many=True)
    preference = ValueSerializer(many=True)
    lifecycle = ValueSerializer(many=True)


class IntentSerializer(serializers.ModelSerializer[IntentRegistration]):
    """One registered version; it never changes."""

    class Meta:
        model = IntentRegistration
        fields = ["id", "version", *FIELDS, "lead", "at", "actor"]
        read_only_fields = fields


class IntentCreateSerializer(serializers.Serializer[Any]):
    """A further version; prices in yuan, areas in square metres."""

    purpose = serializers.ChoiceField(choices=choices.PURPOSES_OF_BUYING)
    project = serializers.PrimaryKeyRelatedField(
        queryset=Project.objects.none(), required=False, allow_null=True
    )
    layout = serializers.CharField(max_length=60, required=False, allow_blank=True)
    area_min = serializers.DecimalField(7, 2, min_value=0, required=False, allow_null=True)
    area_max = serializers.DecimalField(7, 2, min_value=0, required=False, allow_null=True)
    price_min = serializers.DecimalField(14, 2, min_value=0, required=False, allow_null=True)
    price_max = serializers.DecimalField(14, 2, min_value=0, required=False, allow_null=True)
    timing = serializers.ChoiceField(choices=choices.TIMINGS, required=False, allow_blank=True)
    deciders = serializers.CharField(
        max_length=LENGTHS["deciders"], required=False, allow_blank=True
    )
    competitors = serializers.CharField(
        max_length=LENGTHS["competitors"], required=False, allow_blank=True
    )
    obstacle = serializers.CharField(
        max_length=LENGTHS["obstacle"], required=False, allow_blank=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            project: Any = self.fields["project"]
            project.queryset = visible_projects(request)


class PreferenceSerializer(serializers.ModelSerializer[Preference]):
    """One ranked wish; 1 is the strongest."""

    class Meta:
        model = Preference
        fields = ["kind", "value", "rank", "source", "updated_at"]
        read_only_fields = fields


class PreferencesSetSerializer(serializers.Serializer[Any]):
    """The wishes of one kind, the strongest first; an empty list takes them all away."""

    kind = serializers.ChoiceField(choices=choices.PREFERENCE_KINDS)
    values = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(max_length=LONGEST), max_length=MOST_VALUES
    )


class KnownSteps:
    """Actions of the customer resource about what is known."""

    @extend_schema(responses=PortraitSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def portrait(self: Any, request: Request, pk: str) -> Response:
        """Show the four blocks, each value with its source and time (CUS-30)."""
        customer = self.get_object()
        portrait = read_portrait(customer, user=current_user(request), now=timezone.now())
        return Response(PortraitSerializer(as_blocks(portrait)).data)

    @extend_schema(responses=IntentSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def intents(self: Any, request: Request, pk: str) -> Response:
        """Show the registered versions, newest first, at most 200 (CUS-33)."""
        rows = IntentRegistration.objects.filter(customer=self.get_object()).order_by("-version")
        return Response(IntentSerializer(rows[:MOST_VERSIONS], many=True).data)

    @extend_schema(request=IntentCreateSerializer, responses={201: IntentSerializer})
    @intents.mapping.post
    @idempotent()
    def register_intent(self: Any, request: Request, pk: str) -> Response:
        """Register a further version; the wish columns of the customer follow (CUS-33)."""
        customer = self.get_object()
        data = self.valid(IntentCreateSerializer, request.data)
        registered = register_intent(
            customer=customer,
            entry=IntentEntry(**data),
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(IntentSerializer(registered).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=PreferenceSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def preferences(self: Any, request: Request, pk: str) -> Response:
        """Show the ranked wishes (CUS-31)."""
        return Response(_ranked(self.get_object()))

    @extend_schema(request=PreferencesSetSerializer, responses=PreferenceSerializer(many=True))
    @preferences.mapping.put
    @idempotent()
    def put_preferences(self: Any, request: Request, pk: str) -> Response:
        """Set the ranked wishes of one kind and show all (CUS-31)."""
        customer = self.get_object()
        data = self.valid(PreferencesSetSerializer, request.data)
        set_preferences(customer=customer, actor=current_user(request), now=timezone.now(), **data)
        return Response(_ranked(customer))


def _ranked(customer: Any) -> Any:
    rows = Preference.objects.filter(customer=customer).order_by("kind", "rank")
    return PreferenceSerializer(rows, many=True).data
