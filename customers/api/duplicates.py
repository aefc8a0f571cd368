"""Pairs of records that may be one person: list, read, merge, keep apart (BEY-01)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.masking import phone_for
from customers.models import Customer, DuplicateSuggestion
from customers.rules.merging import CHOSEN, GONE, KEPT, Side
from customers.services.duplicates import decide_different, open_suggestions
from customers.services.merging import merge_customers

MERGE = "customers.merge_customers"


class RecordSerializer(serializers.ModelSerializer[Customer]):
    """One record of a pair, its phone as the asker may see it."""

    phone = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["id", "name", "phone", "owner"]
        read_only_fields = fields

    def get_phone(self, customer: Customer) -> str:
        """Return the phone number, masked unless it is the asker's own customer."""
        return phone_for(current_user(self.context["request"]), customer)


class DuplicateSerializer(serializers.ModelSerializer[DuplicateSuggestion]):
    """A pair that waits for a decision; ``reasons`` are codes with their weights."""

    left = RecordSerializer()
    right = RecordSerializer()

    class Meta:
        model = DuplicateSuggestion
        fields = ["id", "left", "right", "score", "reasons", "found_at"]
        read_only_fields = fields


class MergeSerializer(serializers.Serializer[Any]):
    """Which record stands; in ``choices`` per field whose value does, else the proposed one."""

    kept = serializers.ChoiceField(choices=["left", "right"])
    choices = serializers.DictField(
        child=serializers.ChoiceField(choices=["left", "right"]), required=False, default=dict
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def validate_choices(self, value: dict[str, str]) -> dict[str, str]:
        """Refuse fields that are not chosen between."""
        unknown = sorted(set(value) - set(CHOSEN))
        if unknown:
            raise serializers.ValidationError("Unknown fields: " + ", ".join(unknown))
        return value


class DuplicateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Open pairs both of whose records the asker sees, the surest first."""

    queryset = DuplicateSuggestion.objects.none()
    serializer_class = DuplicateSerializer
    permissions = {"list": MERGE, "retrieve": MERGE, "merge": MERGE, "different": MERGE}
    lookup_url_kwarg = "suggestion_id"
    sorts = {"score": ("-score", "-id"), "found": ("-found_at", "-id")}
    default_sort = "score"

    def get_queryset(self) -> Any:
        return open_suggestions(self.request.user)

    @extend_schema(request=MergeSerializer, responses={200: RecordSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def merge(self, request: Request, suggestion_id: str) -> Response:
        """Make one record of both and show it; 409 when one of them was merged meanwhile."""
        pair = self.get_object()
        data = self.valid(MergeSerializer, request.data)
        kept, gone = pair.left, pair.right
        if data["kept"] == "right":
            kept, gone = gone, kept
        sides: dict[str, Side] = {
            field: KEPT if side == data["kept"] else GONE for field, side in data["choices"].items()
        }
        merge_customers(
            kept=kept,
            gone=gone,
            choices=sides,
            reason=data["reason"],
            actor=current_user(request),
            now=timezone.now(),
        )
        stands = Customer.objects.get(pk=kept.pk)
        return Response(RecordSerializer(stands, context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    @idempotent()
    def different(self, request: Request, suggestion_id: str) -> Response:
        """Keep both records; the pair is never proposed again."""
        decide_different(
            suggestion=self.get_object(), actor=current_user(request), now=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
