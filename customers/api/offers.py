"""Customers offered to other projects (CUS-53)."""

from typing import Any

import django_filters as filters
from django.http import Http404
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
from customers.api.meetings import ReasonSerializer
from customers.api.references import ScopedSerializer, reference
from customers.api.resource import ResourceViewSet
from customers.masking import phone_for
from customers.models import Customer, CustomerShare, Project
from customers.services.ownership import assignable_to
from customers.services.sharing import (
    accept_offer,
    decline_offer,
    offer_customer,
    offers_from,
    offers_to,
    withdraw_offer,
)

SHARE = "customers.share_customer"
RELATED = ("customer", "from_project", "to_project", "introduced_by", "accepted_by")


class OfferSerializer(serializers.ModelSerializer[CustomerShare]):
    """An offer: which customer, from where to where, how the credit is split, what became of it."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    phone = serializers.SerializerMethodField()

    class Meta:
        model = CustomerShare
        fields = [
            *("id", "customer", "customer_name", "phone", "from_project", "to_project", "reason"),
            *("introduced_by", "introducer_share", "state", "offered_at", "decided_at"),
            *("accepted_by", "lead"),
        ]
        read_only_fields = fields

    def get_phone(self, share: CustomerShare) -> str:
        """Return the customer's phone as the asker sees it."""
        return phone_for(current_user(self.context["request"]), share.customer)


class OfferCreateSerializer(ScopedSerializer):
    """The customer, the project it is offered to, and why the present one does not fit."""

    customer = reference(Customer.objects.none())
    to_project = reference(Project.objects.all(), help_text="any project of the company")
    reason = serializers.CharField(max_length=300)
    scopes = {"customer": Customer.objects.visible_to}


class AcceptSerializer(ScopedSerializer):
    """Who works on the customer in the new project; the asker where it is left out."""

    owner = reference(User.objects.none(), required=False)
    scopes = {"owner": assignable_to}


class OfferFilter(filters.FilterSet):
    """Filters of the offers."""

    state = filters.ChoiceFilter(choices=CustomerShare.State.choices, label=_("State"))

    class Meta:
        model = CustomerShare
        fields: list[str] = []


class OfferViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Offers to the asker's projects that wait, and those of customers introduced or seen."""

    queryset = CustomerShare.objects.all()
    serializer_class = OfferSerializer
    filterset_class = OfferFilter
    permissions = dict.fromkeys(
        ("list", "retrieve", "create", "accept", "decline", "withdraw"), SHARE
    )

    def get_queryset(self) -> Any:
        user = current_user(self.request)
        waiting, own = offers_to(user).values("pk"), offers_from(user).values("pk")
        seen = CustomerShare.objects.filter(pk__in=waiting.union(own))
        return seen.select_related(*RELATED)

    @extend_schema(request=OfferCreateSerializer, responses={201: OfferSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Offer a customer; 409 without its consent to be shared, or where it was offered."""
        data, actor = self.valid(OfferCreateSerializer, request.data), current_user(request)
        share = offer_customer(actor=actor, now=timezone.now(), **data)
        return Response(self._shown(share), status=status.HTTP_201_CREATED)

    @extend_schema(request=AcceptSerializer, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def accept(self, request: Request, pk: str) -> Response:
        """Accept an offer to one's project: a new lead there; 409 when somebody was faster."""
        share, user = self._incoming(), current_user(request)
        owner = self.valid(AcceptSerializer, request.data).get("owner", user)
        done = accept_offer(share=share, owner=owner, actor=user, now=timezone.now())
        return Response(self._shown(done))

    @extend_schema(request=ReasonSerializer, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def decline(self, request: Request, pk: str) -> Response:
        """Decline an offer to one's project, with a reason."""
        share, actor = self._incoming(), current_user(request)
        reason = self.valid(ReasonSerializer, request.data)["reason"]
        done = decline_offer(share=share, reason=reason, actor=actor, now=timezone.now())
        return Response(self._shown(done))

    @extend_schema(request=None, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take one's own open offer back."""
        share, user = self.get_object(), current_user(request)
        if not offers_from(user).filter(pk=share.pk).exists():
            raise Http404
        withdraw_offer(share=share, actor=user, now=timezone.now())
        return Response(self._shown(share))

    def _incoming(self) -> CustomerShare:
        share: CustomerShare = self.get_object()
        if not offers_to(current_user(self.request)).filter(pk=share.pk).exists():
            raise Http404
        return share

    def _shown(self, share: CustomerShare) -> Any:
        one = CustomerShare.objects.select_related(*RELATED).get(pk=share.pk)
        return self.get_serializer(one).data
