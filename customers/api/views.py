"""Viewsets on the same querysets, filters and services as the pages."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.addresses import client_ip
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api import serializers as shapes
from customers.api.axes import AxisSteps
from customers.api.consents import ConsentSteps
from customers.api.known import KnownSteps
from customers.api.resource import VIEW, ResourceViewSet
from customers.api.steps import CustomerSteps, LeadSteps
from customers.api.tags import TagSteps
from customers.errors import MESSAGES, RevealRefusedError
from customers.filters import CustomerFilter, InteractionFilter, LeadFilter, visible_projects
from customers.masking import may_reveal_phone
from customers.models import Customer, Interaction, Lead, Project
from customers.record_page import note_look
from customers.rules.axes import Channel, LeadState, Mood, Result
from customers.rules.entry import CustomerEntry
from customers.services.customers import register_customer, reveal_phone, update_customer
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.leads import move_lead


class ProjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Housing projects of the asker's scope."""

    queryset = Project.objects.all()
    serializer_class = shapes.ProjectSerializer
    permissions = {"list": VIEW, "retrieve": VIEW}
    lookup_url_kwarg = "id"  # the key of a project is that of its place in the organisation
    sorts = {"code": ("code",)}
    default_sort = "code"

    def get_queryset(self) -> Any:
        return visible_projects(self.request).select_related("node")


class CustomerViewSet(
    AxisSteps,
    KnownSteps,
    CustomerSteps,
    ConsentSteps,
    TagSteps,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    ResourceViewSet,
):
    """Customers: list, read, capture, change, and every step of one record."""

    queryset = Customer.objects.all()
    serializer_class = shapes.CustomerSerializer
    filterset_class = CustomerFilter
    permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": "customers.add_customer",
        "partial_update": "customers.change_customer",
        "phone": VIEW,
        "take": "customers.work_tasks",
        "set_class": "customers.override_class",
        "stage": "customers.change_customer",
        "standing": VIEW,
        "portrait": VIEW,
        "intents": VIEW,
        "register_intent": "customers.change_customer",
        "preferences": VIEW,
        "put_preferences": "customers.change_customer",
        "consents": VIEW,
        "record_answer": "customers.record_consent",
        "channels": VIEW,
        "refuse_channel": "customers.record_consent",
        "put_tag": "customers.change_customer",
        "take_tag": "customers.change_customer",
    }
    sorts = {"id": ("-id",), "name": ("sort_key",), "last_contact": ("-last_contact_at",)}

    def get_queryset(self) -> Any:
        return Customer.objects.visible_to(self.request.user).for_list().with_tags()

    def get_object(self) -> Customer:
        """Return the customer; a look at any part of it is audited like that at the page."""
        customer: Customer = super().get_object()
        if self.request.method in SAFE_METHODS:
            note_look(self.request, customer, now=timezone.now())
        return customer

    @extend_schema(
        request=shapes.CustomerCreateSerializer,
        responses={
            200: shapes.CustomerSerializer,
            201: shapes.CustomerSerializer,
            202: shapes.ExistsSerializer,
        },
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Capture a customer: 201 for a new one, 200 with the record for a phone known already.

        Where that record is outside the asker's scope: 202 and nothing but that it exists; the
        enquiry is kept with it and reaches its consultant.
        """
        data = self.valid(shapes.CustomerCreateSerializer, request.data)
        done = register_customer(
            entry=CustomerEntry(**data), actor=current_user(request), now=timezone.now()
        )
        if done.is_hidden:
            return Response({"exists": True}, status=status.HTTP_202_ACCEPTED)
        customer = Customer.objects.for_list().get(pk=done.customer.pk)
        code = status.HTTP_201_CREATED if done.created else status.HTTP_200_OK
        return Response(self.get_serializer(customer).data, status=code)

    @extend_schema(request=shapes.CustomerChangeSerializer, responses=shapes.CustomerSerializer)
    @idempotent()
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change some fields; 409 when ``version`` is not the current one."""
        customer = self.get_object()
        data = self.valid(shapes.CustomerChangeSerializer, request.data)
        update_customer(
            customer=customer,
            changes=data["changes"],
            version=data["version"],
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=shapes.RevealSerializer, responses=shapes.PhoneSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def phone(self, request: Request, pk: str) -> Response:
        """Show the full number for a stated reason; audited, limited per minute."""
        customer = self.get_object()
        if not may_reveal_phone(request.user, customer):
            raise RevealRefusedError
        data = self.valid(shapes.RevealSerializer, request.data)
        number = reveal_phone(
            customer=customer,
            reason=data["reason"],
            actor=current_user(request),
            now=timezone.now(),
            ip=client_ip(request),
        )
        return Response({"phone": number})


class LeadViewSet(LeadSteps, mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Leads: list, read, move along their states and stages, close."""

    queryset = Lead.objects.all()
    serializer_class = shapes.LeadSerializer
    filterset_class = LeadFilter
    permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "move": "customers.change_customer",
        "stage": "customers.change_customer",
        "close": "customers.change_customer",
        "clocks": VIEW,
    }
    sorts = {"id": ("-id",), "received_at": ("-received_at",)}

    def get_queryset(self) -> Any:
        return Lead.objects.visible_to(self.request.user)

    @extend_schema(request=shapes.LeadMoveSerializer, responses=shapes.LeadSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def move(self, request: Request, pk: str) -> Response:
        """Move the lead to another state; lost needs a reason (CUS-34)."""
        lead = self.get_object()
        data = self.valid(shapes.LeadMoveSerializer, request.data)
        move_lead(
            lead=lead,
            to=LeadState(data["to"]),
            reason=data["reason"],
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=shapes.LeadClockSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def clocks(self, request: Request, pk: str) -> Response:
        """Show the time limits of the lead."""
        clocks = self.get_object().clocks.order_by("due_at")
        return Response(shapes.LeadClockSerializer(clocks, many=True).data)


class InteractionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Interactions: list, read, log."""

    queryset = Interaction.objects.all()
    serializer_class = shapes.InteractionSerializer
    filterset_class = InteractionFilter
    permissions = {"list": VIEW, "retrieve": VIEW, "create": "customers.log_interaction"}
    sorts = {"id": ("-id",), "at": ("-at",)}

    def get_queryset(self) -> Any:
        return Interaction.objects.visible_to(self.request.user)

    @extend_schema(
        request=shapes.InteractionCreateSerializer, responses={201: shapes.InteractionSerializer}
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Log a talk; a customer one cannot see is answered like one that does not exist (A-03)."""
        data = self.valid(shapes.InteractionCreateSerializer, request.data)
        customer_id = data.pop("customer")
        customers = Customer.objects.visible_to(request.user).select_related("owner")
        customer = customers.filter(pk=customer_id).first()
        if customer is None:
            raise ValidationError({"customer": [str(MESSAGES["unknown_reference"])]})
        entry = InteractionEntry(
            channel=Channel(data.pop("channel")),
            result=Result(data.pop("result")),
            mood=Mood(mood) if (mood := data.pop("mood")) else None,
            **data,
        )
        done = log_interaction(
            customer=customer, entry=entry, actor=current_user(request), now=timezone.now()
        )
        return Response(self.get_serializer(done).data, status=status.HTTP_201_CREATED)
