"""Viewsets on the same querysets, filters and services as the pages."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.common.idempotency import idempotent
from crm_site.common.pagination import KeysetPagination
from crm_site.staff.current import current_user
from customers.api import serializers as shapes
from customers.api.axes import AxisSteps
from customers.api.known import KnownSteps
from customers.api.steps import CustomerSteps, LeadSteps
from customers.errors import MESSAGES, EntryError, RevealRefusedError
from customers.filters import (
    CustomerFilter,
    InteractionFilter,
    LeadFilter,
    TaskFilter,
    visible_projects,
)
from customers.masking import may_reveal_phone
from customers.models import Customer, Interaction, Lead, Project, Task
from customers.rules.axes import Channel, LeadState, Mood, Result
from customers.rules.entry import CustomerEntry
from customers.services.customers import register_customer, reveal_phone, update_customer
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.leads import move_lead
from customers.services.tasks import complete_task, postpone_task, reopen_task

VIEW = "customers.view_customer"


class RolePermission(BasePermission):
    """Asks the role table: ``permissions`` of the view maps an action to a right, deny otherwise.

    A method without an action passes, so that it is answered with 405.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if view.action in (None, "metadata"):
            return True
        needed = view.permissions.get(view.action)
        return bool(needed) and request.user.has_perm(needed)


class ResourceViewSet(viewsets.GenericViewSet[Any]):
    """What every resource shares: rights by role, rows by scope, pages by key."""

    permission_classes = [RolePermission]
    pagination_class = KeysetPagination
    metadata_class = None
    lookup_value_regex = "[0-9]{1,18}"
    permissions: dict[str, str] = {}
    sorts: dict[str, tuple[str, ...]] = {"id": ("-id",)}
    default_sort = "id"

    def handle_exception(self, exc: Exception) -> Response:
        """Answer the faults of an entry like those of a serializer: 400, by field."""
        if isinstance(exc, EntryError):
            exc = ValidationError(exc.messages)
        return super().handle_exception(exc)

    def valid(self, serializer_class: type[Any], data: Any) -> dict[str, Any]:
        """Return the validated data or raise 400 with the field errors."""
        serializer = serializer_class(data=data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


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
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    ResourceViewSet,
):
    """Customers: list, read, capture, change, show the phone, take, set the class."""

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
    }
    sorts = {"id": ("-id",), "name": ("sort_key",), "last_contact": ("-last_contact_at",)}

    def get_queryset(self) -> Any:
        return Customer.objects.visible_to(self.request.user).for_list().with_tags()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show one customer; the look at it is audited like that at the page (PLT-03)."""
        customer = self.get_object()
        record(
            kind="customer.viewed",
            actor=current_user(request),
            subject=("customer", customer.pk),
            ip=client_ip(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(customer).data)

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


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Tasks: list, read, finish, take back, put off."""

    queryset = Task.objects.all()
    serializer_class = shapes.TaskSerializer
    filterset_class = TaskFilter
    permissions = {
        "list": "customers.work_tasks",
        "retrieve": "customers.work_tasks",
        "done": "customers.work_tasks",
        "reopen": "customers.work_tasks",
        "postpone": "customers.work_tasks",
    }
    sorts = {"id": ("-id",), "due_at": ("due_at",)}

    def get_queryset(self) -> Any:
        return Task.objects.visible_to(self.request.user)

    @extend_schema(request=shapes.OutcomeSerializer, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def done(self, request: Request, pk: str) -> Response:
        """Mark the task as done; 409 when somebody else was faster."""
        open_task = self.get_object()
        data = self.valid(shapes.OutcomeSerializer, request.data)
        task = complete_task(
            task=open_task,
            outcome=data["outcome"],
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(task).data)

    @extend_schema(request=None, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def reopen(self, request: Request, pk: str) -> Response:
        """Take back that the task is done."""
        actor, now = current_user(request), timezone.now()
        task = reopen_task(task=self.get_object(), actor=actor, now=now)
        return Response(self.get_serializer(task).data)

    @extend_schema(request=shapes.PostponeSerializer, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def postpone(self, request: Request, pk: str) -> Response:
        """Put the task off to a later moment."""
        open_task = self.get_object()
        data = self.valid(shapes.PostponeSerializer, request.data)
        task = postpone_task(
            task=open_task, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self.get_serializer(task).data)
