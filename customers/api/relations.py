"""The ties of a customer: list, add, take away (CUS-37)."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers import choices
from customers.api.resource import VIEW, ResourceViewSet
from customers.models import Customer, CustomerRelation
from customers.selectors.relations import relations_of
from customers.services.households import add_relation, remove_relation

CHANGE = "customers.change_customer"


class RelationSerializer(serializers.Serializer[Any]):
    """A tie as it reads from the customer: who the other one is to it."""

    id = serializers.IntegerField(source="pk")
    other = serializers.IntegerField(source="other.pk")
    other_name = serializers.CharField(source="other.name")
    label = serializers.CharField()  # type: ignore[assignment]
    role = serializers.CharField(help_text="in words; empty where the tie was made from there")
    note = serializers.CharField()
    is_household = serializers.BooleanField()


class RelationCreateSerializer(serializers.Serializer[Any]):
    """A tie to a customer in scope; who ``other`` is to the customer of the address."""

    other = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=choices.RELATION_KINDS)
    role = serializers.ChoiceField(
        choices=choices.PROJECT_ROLES, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class RelationViewSet(ResourceViewSet):
    """Ties of one customer whose both ends the asker sees."""

    queryset = CustomerRelation.objects.none()
    serializer_class = RelationSerializer
    pagination_class = None  # type: ignore[assignment]
    permissions = {"list": VIEW, "create": CHANGE, "destroy": CHANGE}
    lookup_url_kwarg = "relation_id"

    @extend_schema(responses=RelationSerializer(many=True))
    def list(self, request: Request, customer_id: str) -> Response:
        """Show the ties, the oldest first."""
        return Response(self._shown(self._customer(customer_id)))

    @extend_schema(request=RelationCreateSerializer, responses={201: RelationSerializer(many=True)})
    @idempotent()
    def create(self, request: Request, customer_id: str) -> Response:
        """Add a tie and show all; 400 for an ``other`` out of scope, 409 for one that is there."""
        customer = self._customer(customer_id)
        data = self.valid(RelationCreateSerializer, request.data)
        seen = Customer.objects.visible_to(request.user)
        other = seen.filter(pk=data.pop("other")).first()
        if other is None:
            raise serializers.ValidationError({"other": ["Unknown customer."]})
        add_relation(
            customer=customer,
            other=other,
            actor=current_user(request),
            now=timezone.now(),
            **data,
        )
        return Response(self._shown(customer), status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, customer_id: str, relation_id: str) -> Response:
        """Take a tie away; both records stay."""
        customer = self._customer(customer_id)
        ties = CustomerRelation.objects.visible_to(request.user)
        mine = ties.filter(Q(customer=customer) | Q(other=customer))
        remove_relation(
            relation=get_object_or_404(mine, pk=relation_id),
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _customer(self, customer_id: str) -> Customer:
        seen = Customer.objects.visible_to(self.request.user)
        found: Customer = get_object_or_404(seen, pk=customer_id)
        return found

    def _shown(self, customer: Customer) -> Any:
        return RelationSerializer(relations_of(customer, user=self.request.user), many=True).data
