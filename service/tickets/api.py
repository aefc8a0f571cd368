"""Tickets over the API: list, read, open, close."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.models import Customer, Project
from service.tickets import choices
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.filters import TicketFilter
from service.tickets.forms import OPENED_BY_HAND
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import Axis, TicketState
from service.tickets.services.moving import check_closable, move_ticket
from service.tickets.services.opening import open_ticket

VIEW, LOG, WORK = "service.view_tickets", "service.log_ticket", "service.work_tickets"


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """A ticket; the phone of whoever reports stays on the page."""

    class Meta:
        model = Ticket
        fields = [
            *("id", "number", "kind", "state", "category", "cause", "urgency", "severity", "stage"),
            *("channel", "customer", "project", "unit", "subject", "body", "first_responder"),
            *("handler", "department", "opened_at", "closed_at", "step_due_at", "reopened"),
            *("merged_into", "group", "solution", "told_at", "answer", "source", "source_id"),
            *("occurred_on", "is_proactive", "is_demanding", "version"),
        ]
        read_only_fields = fields


class NewTicketSerializer(serializers.Serializer[Any]):
    """What opens a ticket; the same source and source_id open one ticket only."""

    kind = serializers.ChoiceField(choices=OPENED_BY_HAND)
    project = serializers.PrimaryKeyRelatedField(queryset=Project.objects.none())
    subject = serializers.CharField(max_length=120)
    body = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    customer = serializers.PrimaryKeyRelatedField(
        queryset=Customer.objects.none(), required=False, allow_null=True
    )
    contact_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    category = serializers.PrimaryKeyRelatedField(
        queryset=TicketCategory.objects.in_use().filter(axis=Axis.OBJECT.value),
        required=False,
        allow_null=True,
    )
    urgency = serializers.ChoiceField(choices=choices.URGENCIES, required=False)
    severity = serializers.ChoiceField(choices=choices.SEVERITIES, required=False)
    channel = serializers.ChoiceField(choices=choices.CHANNELS, required=False)
    stage = serializers.ChoiceField(choices=choices.STAGES, required=False)
    occurred_on = serializers.DateField(required=False, allow_null=True)
    source = serializers.CharField(max_length=40, required=False, allow_blank=True)  # type: ignore[assignment]
    source_id = serializers.CharField(max_length=80, required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            user, fields = current_user(request), self.fields
            fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
            fields["customer"].queryset = Customer.objects.visible_to(user)  # type: ignore[attr-defined]


class ClosingSerializer(serializers.Serializer[Any]):
    """Words that go with closing."""

    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TicketViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Tickets in the area of the asker: list, read, open, close."""

    queryset = Ticket.objects.all()
    serializer_class = TicketSerializer
    filterset_class = TicketFilter
    permissions = {"list": VIEW, "retrieve": VIEW, "create": LOG, "close": WORK}
    sorts = {"id": ("-id",), "rank": ("rank", "-opened_at", "-id")}

    def get_queryset(self) -> Any:
        return Ticket.objects.visible_to(current_user(self.request))

    @extend_schema(request=NewTicketSerializer, responses={201: TicketSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Open a ticket and return it; a repeat with the same source returns the first one."""
        draft = TicketDraft(**self.valid(NewTicketSerializer, request.data))
        user = current_user(request)
        ticket = open_ticket(draft, actor=user, now=timezone.now())
        if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
            raise TicketError(_("This source and number belong to a ticket out of your reach."))
        return Response(TicketSerializer(ticket).data, status=201)

    @extend_schema(request=ClosingSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def close(self, request: Request, pk: str | None = None) -> Response:
        """Close a ticket; 400 with the names of what is missing while it is not whole (SVC-05)."""
        ticket = self.get_object()
        note = self.valid(ClosingSerializer, request.data)["note"]
        check_closable(ticket)
        move_ticket(
            ticket,
            TicketState.CLOSED,
            actor=current_user(request),
            now=timezone.now(),
            note=note,
        )
        return Response(TicketSerializer(ticket).data)
