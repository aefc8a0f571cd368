"""Reservations and purchases for programs: the same services, rights and refusals as the pages."""

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
from customers.api.references import ScopedSerializer, reference
from customers.api.resource import ResourceViewSet
from customers.models import Customer
from customers.property.models import Unit
from customers.purchase import choices
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL, SIGN, PurchaseState
from customers.purchase.services import advancing, holding
from customers.purchase.services.advancing import Terms

VIEW = "customers.view_units"
AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
RELATED = ("unit__building", "customer", "consultant")


class PurchaseSerializer(serializers.ModelSerializer[Purchase]):
    """A purchase: unit, customer, state, its end if it is a hold, what was agreed in yuan."""

    unit_name = serializers.CharField(source="unit", read_only=True)
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    consultant_name = serializers.CharField(source="consultant.name", read_only=True)

    class Meta:
        model = Purchase
        fields = [
            *("id", "project", "unit", "unit_name", "customer", "customer_name", "lead"),
            *("consultant", "consultant_name", "state", "state_since", "begun_at", "expires_at"),
            *("renewals", "subscribed_at", "signed_at", "handed_over_at", "ended_at"),
            *("end_reason", "deposit", "list_total", "agreed_total", "contract_no", "moved_from"),
        ]
        read_only_fields = fields


class ReservationCreateSerializer(ScopedSerializer):
    """The unit and the customer it is held for."""

    unit = reference(Unit.objects.none())
    customer = reference(Customer.objects.none())
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    scopes = {"unit": Unit.objects.visible_to, "customer": Customer.objects.visible_to}


class WhySerializer(serializers.Serializer[Any]):
    """Why something ends."""

    reason = serializers.CharField(max_length=200)


class TermsSerializer(serializers.Serializer[Any]):
    """What a subscription says about money, in yuan."""

    list_total = serializers.DecimalField(min_value=0, **AMOUNT)
    agreed_total = serializers.DecimalField(min_value=0, **AMOUNT)
    deposit = serializers.DecimalField(min_value=0, **AMOUNT)


class ContractSerializer(serializers.Serializer[Any]):
    """The number of the signed contract."""

    contract_no = serializers.CharField(max_length=60)


class PurchaseFilterSet(filters.FilterSet):
    """Filters of purchases."""

    state = filters.MultipleChoiceFilter(choices=choices.STATES, label=_("State"))
    unit = filters.NumberFilter(label=_("Unit"))
    customer = filters.NumberFilter(label=_("Customer"))

    class Meta:
        model = Purchase
        fields: list[str] = []


class PurchaseResource(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """What reservations and purchases share."""

    queryset = Purchase.objects.all()
    serializer_class = PurchaseSerializer
    filterset_class = PurchaseFilterSet
    sorts = {"since": ("-state_since", "-id"), "id": ("-id",)}

    def get_queryset(self) -> Any:
        rows = Purchase.objects.visible_to(current_user(self.request))
        return rows.select_related(*RELATED)

    def _shown(self, purchase: Purchase) -> Any:
        fresh = Purchase.objects.select_related(*RELATED).get(pk=purchase.pk)
        return self.get_serializer(fresh).data


class ReservationViewSet(PurchaseResource):
    """Holds on units: made, renewed, released."""

    permissions = {
        **dict.fromkeys(("list", "retrieve"), VIEW),
        **dict.fromkeys(("create", "renew", "release"), SELL),
    }

    def get_queryset(self) -> Any:
        held = (PurchaseState.HELD, PurchaseState.EXPIRED, PurchaseState.RELEASED)
        return super().get_queryset().filter(state__in=[each.value for each in held])

    @extend_schema(request=ReservationCreateSerializer, responses={201: PurchaseSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Hold a unit for a customer; 409 with code `unit-taken` where somebody was first."""
        data = self.valid(ReservationCreateSerializer, request.data)
        purchase = holding.hold_unit(actor=current_user(request), now=timezone.now(), **data)
        return Response(self._shown(purchase), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=PurchaseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def renew(self, request: Request, pk: str) -> Response:
        """Prolong a hold as often as the policy allows; 409 once it ran out."""
        purchase = self.get_object()
        done = holding.renew_hold(
            purchase=purchase, actor=current_user(request), now=timezone.now()
        )
        return Response(self._shown(done))

    @extend_schema(request=WhySerializer, responses=PurchaseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def release(self, request: Request, pk: str) -> Response:
        """Give the unit back."""
        purchase, data = self.get_object(), self.valid(WhySerializer, request.data)
        done = holding.release_hold(
            purchase=purchase, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self._shown(done))


class PurchaseViewSet(PurchaseResource):
    """All purchases from the hold to the keys, and their steps."""

    permissions = {
        **dict.fromkeys(("list", "retrieve"), VIEW),
        **dict.fromkeys(("subscribe", "cancel"), SELL),
        "sign": SIGN,
    }

    @extend_schema(request=TermsSerializer, responses=PurchaseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def subscribe(self, request: Request, pk: str) -> Response:
        """Turn a hold into a subscription; 409 for a step or an amount that cannot be."""
        purchase, data = self.get_object(), self.valid(TermsSerializer, request.data)
        done = advancing.subscribe(
            purchase=purchase, terms=Terms(**data), actor=current_user(request), now=timezone.now()
        )
        return Response(self._shown(done))

    @extend_schema(request=ContractSerializer, responses=PurchaseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def sign(self, request: Request, pk: str) -> Response:
        """Note the signed contract; 409 without a subscription before it."""
        purchase, data = self.get_object(), self.valid(ContractSerializer, request.data)
        done = advancing.sign(
            purchase=purchase, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self._shown(done))

    @extend_schema(request=WhySerializer, responses=PurchaseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a pre-subscription or subscription, with a reason."""
        purchase, data = self.get_object(), self.valid(WhySerializer, request.data)
        done = advancing.cancel(
            purchase=purchase, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self._shown(done))
