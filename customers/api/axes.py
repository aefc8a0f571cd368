"""Where a customer stands, moving its stage, and the strata."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers import choices
from customers.data_categories import may_see_sensitive
from customers.models import Customer, Stratum
from customers.rules.axes import BuyingStage, CustomerClass, Phase
from customers.rules.consent import Purpose
from customers.rules.derived import base_of, process_view, tenure_view
from customers.rules.lifecycle import days_by_stage, service_phase_of
from customers.selectors.standing import activity_of, held_standing, stage_history
from customers.services.consents import has_withdrawn
from customers.services.stages import change_stage
from customers.standing_policy import ACTIVITY


class StageChangeSerializer(serializers.Serializer[Any]):
    """The stage set by hand, the local day it holds from (none: today), and why."""

    to = serializers.ChoiceField(choices=choices.BUYING_STAGES)
    held_from = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class StandingSerializer(serializers.Serializer[Any]):
    """Where the customer stands now; the three scores of value are those of the last night."""

    buying_stage = serializers.CharField()
    days_by_stage = serializers.DictField(child=serializers.IntegerField())
    phase = serializers.CharField()
    service_phase = serializers.CharField()
    process_view = serializers.CharField()
    tenure_view = serializers.CharField()
    existing_base = serializers.CharField(allow_null=True)
    is_assessed = serializers.BooleanField(help_text="false where the customer refuses it")
    activity = serializers.IntegerField(allow_null=True)
    last_touch_at = serializers.DateTimeField(allow_null=True)
    days_since_touch = serializers.IntegerField(allow_null=True)
    power = serializers.IntegerField(allow_null=True)
    willingness = serializers.IntegerField(allow_null=True)
    loyalty = serializers.IntegerField(allow_null=True)
    is_high_value = serializers.BooleanField()


class AxisSteps:
    """Actions of the customer resource about its axes."""

    @extend_schema(request=StageChangeSerializer, responses=StandingSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def stage(self: Any, request: Request, pk: str) -> Response:
        """Move the customer to another buying stage by hand; 409 for a jump (CUS-20)."""
        customer = self.get_object()
        data = self.valid(StageChangeSerializer, request.data)
        moved = change_stage(
            customer=customer, manual=True, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(StandingSerializer(standing_of(moved, current_user(request))).data)

    @extend_schema(responses=StandingSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def standing(self: Any, request: Request, pk: str) -> Response:
        """Show stage, phase, views, activity and the test of value (CUS-09, CUS-20, CUS-26)."""
        shown = standing_of(self.get_object(), current_user(request))
        return Response(StandingSerializer(shown).data)


def standing_of(customer: Customer, user: User) -> dict[str, Any]:
    """Return the values of ``StandingSerializer``; purchasing power only to who sees income."""
    now = timezone.now()
    stage, phase = BuyingStage(customer.buying_stage), Phase(customer.phase)
    owned = CustomerClass(customer.customer_class)
    spans, _events = stage_history(customer, now=now)
    weights = in_force(ACTIVITY, at=now).value.weights
    is_assessed = not has_withdrawn(customer, Purpose.PROFILING)
    active = activity_of(customer.pk, weights=weights, now=now)
    held = held_standing(customer) if is_assessed else None
    base = base_of(owned, customer.managed_estate)
    return {
        "buying_stage": stage.value,
        "days_by_stage": {key.value: days for key, days in days_by_stage(spans).items()},
        "phase": phase.value,
        "service_phase": service_phase_of(stage, phase).value,
        "process_view": process_view(owned).value,
        "tenure_view": tenure_view(owned, phase).value,
        "existing_base": base.value if base else None,
        "is_assessed": is_assessed,
        "activity": active.score if is_assessed else None,
        "last_touch_at": active.last_touch,
        "days_since_touch": active.days,
        "power": held.power if held and may_see_sensitive(user, customer) else None,
        "willingness": held.willingness if held else None,
        "loyalty": held.loyalty if held else None,
        "is_high_value": bool(held and held.is_high_value),
    }


class StratumSerializer(serializers.ModelSerializer[Stratum]):
    """A stratum: criteria and strategy; ``?stratum=`` of the customers gives its members."""

    class Meta:
        model = Stratum
        fields = [
            *("id", "name", "need", "budget_min", "budget_max", "credit_status"),
            *("strategy", "is_active", "created_at", "updated_at"),
        ]
        read_only_fields = fields
