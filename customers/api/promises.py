"""Promises to customers: list, read, add, close (CUS-60)."""

from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError as Invalid
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.registers.filters import filter_for
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry, close_entry
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.promises import BROKEN, DEFINITION, KEPT, KINDS, PROMISES

FIELDS = {"subject_id": "customer"}


class PromiseSerializer(serializers.ModelSerializer[RegisterEntry]):
    """A promise, or a try that nobody promised."""

    customer = serializers.IntegerField(source="subject_id", read_only=True)
    kind = serializers.CharField(source="values.kind", read_only=True)
    promised_by = serializers.CharField(source="values.promised_by", read_only=True)
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = RegisterEntry
        fields = [
            *("id", "customer", "kind", "title", "promised_by", "due_at", "is_overdue"),
            *("owner", "owner_name", "state", "evidence", "closed_at", "created_at"),
        ]

    def get_is_overdue(self, entry: RegisterEntry) -> bool:
        """Whether a promise was not kept in time and is still open."""
        return entry.is_overdue(timezone.now())


class PromiseCreateSerializer(serializers.Serializer[Any]):
    """A new promise or try."""

    customer = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField(max_length=200)
    promised_by = serializers.CharField(max_length=60, required=False)
    due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class PromiseCloseSerializer(serializers.Serializer[Any]):
    """How it ended and what proves it."""

    outcome = serializers.ChoiceField(choices=[KEPT, BROKEN])
    evidence = serializers.CharField(max_length=4000)


class PromiseFilter(filter_for(DEFINITION)):  # type: ignore[misc]
    """The filters of the page, and the customer."""

    customer = filters.NumberFilter(field_name="subject_id", label=_("Customer"))


class PromiseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Promises of the customers in the asker's scope."""

    queryset = RegisterEntry.objects.none()
    serializer_class = PromiseSerializer
    filterset_class = PromiseFilter
    permissions = {
        "list": DEFINITION.view_permission,
        "retrieve": DEFINITION.view_permission,
        "create": DEFINITION.edit_permission,
        "close": DEFINITION.edit_permission,
    }
    sorts = {"id": ("-id",), "due": ("due_at", "id")}

    def get_queryset(self) -> Any:
        user = self.request.user
        return RegisterEntry.objects.visible_to(user).of(PROMISES).select_related("owner")

    @extend_schema(request=PromiseCreateSerializer, responses={201: PromiseSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Add a promise or a try; 400 for a promise without a time or a customer out of scope."""
        data, user = self.valid(PromiseCreateSerializer, request.data), current_user(request)
        draft = EntryDraft(
            title=data["title"],
            due_at=data["due_at"],
            subject_id=data["customer"],
            values={"kind": data["kind"], "promised_by": data.get("promised_by") or user.name},
        )
        try:
            entry = add_entry(register=PROMISES, draft=draft, actor=user, now=timezone.now())
        except Invalid as error:
            fields = {FIELDS.get(key, key): text for key, text in error.message_dict.items()}
            raise ValidationError(fields) from error
        return Response(self.get_serializer(entry).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PromiseCloseSerializer, responses=PromiseSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def close(self, request: Request, pk: str) -> Response:
        """End a promise, kept with evidence or broken with a reason; 409 if it is closed."""
        found = self.get_object()
        data = self.valid(PromiseCloseSerializer, request.data)
        entry = close_entry(entry=found, actor=current_user(request), now=timezone.now(), **data)
        return Response(self.get_serializer(entry).data)
