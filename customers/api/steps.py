"""The steps of leads and customers that are actions of their own: stage, close, take, class."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers import choices
from customers.api.serializers import CustomerSerializer, LeadSerializer
from customers.rules.axes import CaseStage
from customers.services.classes import SHORTEST_REASON, change_class
from customers.services.leads import LONGEST_SOLUTION, close_case, stamp_stage
from customers.services.pool import take_from_pool, taken_meanwhile


class LeadStageSerializer(serializers.Serializer[Any]):
    """The stage of the communication process that the case has reached."""

    stage = serializers.ChoiceField(choices=choices.CASE_STAGES)


class LeadCloseSerializer(serializers.Serializer[Any]):
    """What closing a case needs: the answer, when the customer was told and confirmed."""

    solution = serializers.CharField(max_length=LONGEST_SOLUTION)
    told_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField()


class ClassSerializer(serializers.Serializer[Any]):
    """The class set by hand, and why."""

    customer_class = serializers.ChoiceField(choices=choices.CUSTOMER_CLASSES)
    reason = serializers.CharField(min_length=SHORTEST_REASON, max_length=200)


class LeadSteps:
    """Actions of the lead resource."""

    @extend_schema(request=LeadStageSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def stage(self: Any, request: Request, pk: str) -> Response:
        """Note that the case reached a stage; 409 while the need is not collected (CUS-43)."""
        lead = self.get_object()
        stage = CaseStage(self.valid(LeadStageSerializer, request.data)["stage"])
        stamp_stage(lead=lead, stage=stage, actor=current_user(request), now=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=LeadCloseSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def close(self: Any, request: Request, pk: str) -> Response:
        """Close the case: answered, told, confirmed; 409 when it is closed already (CUS-41)."""
        lead = self.get_object()
        data = self.valid(LeadCloseSerializer, request.data)
        close_case(lead=lead, actor=current_user(request), now=timezone.now(), **data)
        return Response(self.get_serializer(self.get_object()).data)


class CustomerSteps:
    """Actions of the customer resource."""

    @extend_schema(request=None, responses=CustomerSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def take(self: Any, request: Request, pk: str) -> Response:
        """Take a customer out of the pool; 409 when somebody else was faster (CUS-49)."""
        user, now = current_user(request), timezone.now()
        try:
            customer = self.get_object()
        except Http404:
            faster = taken_meanwhile(customer_id=int(pk), user=user, now=now)
            raise faster or Http404 from None
        take_from_pool(customer=customer, actor=user, now=now)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ClassSerializer, responses=CustomerSerializer)
    @action(detail=True, methods=["post"], url_path="class", url_name="class")
    @idempotent()
    def set_class(self: Any, request: Request, pk: str) -> Response:
        """Set the class by hand, one step forward or back; 409 for a jump (CUS-08)."""
        customer = self.get_object()
        data = self.valid(ClassSerializer, request.data)
        change_class(
            customer=customer,
            to=data["customer_class"],
            reason=data["reason"],
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)
