"""Meetings and visits, and the plans of regular care they come from (CUS-55, CUS-59)."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers import choices
from customers.api.references import ScopedSerializer, id_field, named, reference
from customers.api.resource import VIEW, ResourceViewSet
from customers.care_forms import doers
from customers.filters import visible_owners
from customers.models import Customer, Meeting, UpkeepPlan
from customers.rules.meetings import MeetingKind
from customers.selectors.meetings import with_guests
from customers.selectors.upkeep import visible_plans
from customers.services.meetings import (
    Action,
    Held,
    MeetingEntry,
    cancel_meeting,
    hold_meeting,
    plan_meeting,
)
from customers.services.upkeep import save_plan

PLAN = "customers.plan_meetings"
MOST_GUESTS = 200


class GuestSerializer(serializers.Serializer[Any]):
    """A customer invited whom the asker sees; ``attended`` is null before the meeting."""

    customer = serializers.IntegerField(source="customer_id")
    name = serializers.CharField(source="customer.name")
    attended = serializers.BooleanField(allow_null=True)


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """A meeting or visit with the guests that the asker sees."""

    guests = GuestSerializer(source="seen_guests", many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = [
            *("id", "kind", "title", "owner", "project", "plan", "starts_at", "ends_at", "place"),
            *("area", "state", "minutes_text", "result", "guests", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class MeetingCreateSerializer(ScopedSerializer):
    """A meeting or visit to come; ``owner`` is the asker where it is left out."""

    kind = serializers.ChoiceField(choices=choices.MEETINGS_BY_HAND)
    title = serializers.CharField(max_length=120)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    owner = reference(User.objects.none(), required=False)
    guests = serializers.ListField(child=id_field(), allow_empty=False, max_length=MOST_GUESTS)
    scopes = {"owner": doers}

    def validate_guests(self, value: list[int]) -> list[Customer]:
        """Return the customers invited; refuse one whom the asker does not see."""
        return named(Customer.objects.visible_to(self.context["request"].user), value)


class ActionSerializer(ScopedSerializer):
    """Something that was agreed on: what, who, until when."""

    title = serializers.CharField(max_length=200)
    due_at = serializers.DateTimeField()
    owner = reference(User.objects.none(), required=False)
    scopes = {"owner": doers}


class HoldSerializer(serializers.Serializer[Any]):
    """What came of a meeting; ``attended`` are the numbers of the guests who came."""

    minutes_text = serializers.CharField(max_length=4000)
    result = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    attended = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=MOST_GUESTS
    )
    actions = serializers.ListField(child=serializers.DictField(), required=False, max_length=10)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class MeetingFilter(filters.FilterSet):
    """Filters of the meetings; a customer out of scope has none."""

    state = filters.ChoiceFilter(choices=choices.MEETING_STATES, label=_("State"))
    kind = filters.ChoiceFilter(choices=choices.MEETING_KINDS, label=_("Kind"))
    owner = filters.ModelChoiceFilter(queryset=visible_owners, label=_("Consultant"))
    customer = filters.NumberFilter(method="by_customer", label=_("Customer"))
    since = filters.IsoDateTimeFilter(field_name="starts_at", lookup_expr="gte", label=_("From"))
    until = filters.IsoDateTimeFilter(field_name="starts_at", lookup_expr="lt", label=_("Until"))

    class Meta:
        model = Meeting
        fields: list[str] = []

    def by_customer(self, queryset: Any, _name: str, value: Any) -> Any:
        """Return the meetings with a customer whom the asker sees."""
        seen = Customer.objects.visible_to(self.request.user).filter(pk=value).values("pk")
        return queryset.filter(guests__customer__in=seen)


class MeetingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Meetings and visits: list, read, plan, write down, call off."""

    queryset = Meeting.objects.all()
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": PLAN,
        "hold": PLAN,
        "cancel": PLAN,
    }
    sorts = {"id": ("-id",), "starts_at": ("starts_at", "id")}

    def get_queryset(self) -> Any:
        user = self.request.user
        return with_guests(Meeting.objects.visible_to(user), user)  # type: ignore[arg-type]

    @extend_schema(request=MeetingCreateSerializer, responses={201: MeetingSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Plan a meeting or visit with customers in scope."""
        user = current_user(request)
        data = {"owner": user} | self.valid(MeetingCreateSerializer, request.data)
        entry = MeetingEntry(**data | {"kind": MeetingKind(data["kind"])})
        meeting = plan_meeting(entry=entry, actor=user, now=timezone.now())
        return Response(self._shown(meeting), status=status.HTTP_201_CREATED)

    @extend_schema(request=HoldSerializer, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def hold(self, request: Request, pk: str) -> Response:
        """Write down who came, what was said and what is to be done; 409 for one that is over."""
        meeting, user = self.get_object(), current_user(request)
        data = self.valid(HoldSerializer, request.data)
        guests = {guest.customer_id: guest.customer for guest in meeting.seen_guests}
        unknown = sorted(set(data.get("attended", ())) - set(guests))
        if unknown:
            message = f"No guest of this meeting: {unknown[0]}."
            raise serializers.ValidationError({"attended": [message]})
        about = next(iter(guests.values()), None)
        sent = [self.valid(ActionSerializer, one) for one in data.get("actions", ())]
        actions = [Action(**{"owner": user} | one, customer=about) for one in sent]
        held = Held(
            minutes_text=data["minutes_text"],
            result=data["result"],
            attended=set(data.get("attended", ())),
            actions=actions,
        )
        hold_meeting(meeting=meeting, held=held, actor=user, now=timezone.now())
        return Response(self._shown(meeting))

    @extend_schema(request=ReasonSerializer, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def cancel(self, request: Request, pk: str) -> Response:
        """Call the meeting off, with a reason."""
        meeting = self.get_object()
        reason = self.valid(ReasonSerializer, request.data)["reason"]
        actor = current_user(request)
        cancel_meeting(meeting=meeting, reason=reason, actor=actor, now=timezone.now())
        return Response(self._shown(meeting))

    def _shown(self, meeting: Meeting) -> Any:
        user = current_user(self.request)
        one = with_guests(Meeting.objects.filter(pk=meeting.pk), user).get()
        return self.get_serializer(one).data


class UpkeepSerializer(serializers.ModelSerializer[UpkeepPlan]):
    """A plan of regular care: person, place, time and area are fixed."""

    class Meta:
        model = UpkeepPlan
        fields = [
            *("id", "title", "customer", "person", "place", "area", "every_days", "time_of_day"),
            *("minutes", "starts_on", "ends_on", "next_on", "is_active", "created_at"),
            "updated_at",
        ]
        read_only_fields = fields


class UpkeepCreateSerializer(ScopedSerializer):
    """A new plan; its visits of the next thirty days are made at once."""

    title = serializers.CharField(max_length=120)
    customer = reference(Customer.objects.none(), required=False, allow_null=True, default=None)
    person = reference(User.objects.none(), required=False)
    place = serializers.CharField(max_length=120)
    area = serializers.CharField(max_length=120)
    every_days = serializers.IntegerField(min_value=1, max_value=3650)
    time_of_day = serializers.TimeField()
    minutes = serializers.IntegerField(min_value=5, max_value=1440, default=60)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    scopes = {"customer": Customer.objects.visible_to, "person": doers}


class UpkeepFilter(filters.FilterSet):
    """Filters of the plans."""

    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    is_active = filters.BooleanFilter(label=_("In use"))

    class Meta:
        model = UpkeepPlan
        fields: list[str] = []


class UpkeepViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Plans of regular care: list, read, make, end."""

    queryset = UpkeepPlan.objects.all()
    serializer_class = UpkeepSerializer
    filterset_class = UpkeepFilter
    permissions = dict.fromkeys(("list", "retrieve", "create", "end"), PLAN)

    def get_queryset(self) -> Any:
        return visible_plans(current_user(self.request))

    @extend_schema(request=UpkeepCreateSerializer, responses={201: UpkeepSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Make a plan for a customer in scope, or the round of an area without one."""
        user = current_user(request)
        values = {"person": user} | self.valid(UpkeepCreateSerializer, request.data)
        plan = save_plan(plan=UpkeepPlan(), values=values, actor=user, now=timezone.now())
        return Response(self.get_serializer(plan).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=UpkeepSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def end(self, request: Request, pk: str) -> Response:
        """Take the plan out of use; the visits still ahead go with it."""
        plan, actor = self.get_object(), current_user(request)
        save_plan(plan=plan, values={"is_active": False}, actor=actor, now=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
