"""The tag dictionary, and tags on customers (CUS-16)."""

from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.api.resource import VIEW, ResourceViewSet
from customers.filters import visible_owners
from customers.models import Tag
from customers.services.tags import (
    put_tag,
    retire_tag,
    rule_from,
    rule_query,
    save_tag,
    take_tag,
)


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A word of the dictionary; ``rule`` maps filters of the customer list to their values."""

    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), required=False)
    rule = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=80), max_length=50),
        required=False,
    )

    class Meta:
        model = Tag
        fields = ["id", "name", "group", "owner", "rule", "is_active", "replaced_by"]
        read_only_fields = ["is_active", "replaced_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and not self.read_only:
            owner: Any = self.fields["owner"]
            owner.queryset = visible_owners(request) | User.objects.filter(pk=request.user.pk)

    def validate_rule(self, value: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return the rule; refuse names that are no filters of the list."""
        rule = rule_from(rule_query(value))
        if set(rule) != set(value):
            message = "Unknown filters: " + ", ".join(sorted(set(value) - set(rule)))
            raise serializers.ValidationError(message)
        return rule


class RetireSerializer(serializers.Serializer[Any]):
    """The tag that takes over."""

    replacement = serializers.PrimaryKeyRelatedField(
        queryset=Tag.objects.filter(is_active=True), required=False, allow_null=True, default=None
    )


class TagViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Tags: list, read, add, change, retire with a replacement."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": "customers.edit_tags",
        "partial_update": "customers.edit_tags",
        "retire": "customers.edit_tags",
    }

    @idempotent()
    def create(self, request: Request) -> Response:
        """Add a word to the dictionary."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = {"owner": current_user(request)} | serializer.validated_data
        tag = self._save(request, Tag(**values))
        return Response(self.get_serializer(tag).data, status=status.HTTP_201_CREATED)

    @idempotent()
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a word; without ``rule`` the rule stays."""
        tag = self.get_object()
        serializer = self.get_serializer(tag, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        for name, value in serializer.validated_data.items():
            setattr(tag, name, value)
        return Response(self.get_serializer(self._save(request, tag)).data)

    @extend_schema(request=RetireSerializer, responses=TagSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def retire(self, request: Request, pk: str) -> Response:
        """Take a word out of use; 400 while customers have it and no replacement is given."""
        tag = self.get_object()
        data = self.valid(RetireSerializer, request.data)
        try:
            retire_tag(
                tag=tag,
                replacement=data["replacement"],
                actor=current_user(request),
                now=timezone.now(),
            )
        except Refused as error:
            raise ValidationError(error.message_dict) from error
        return Response(self.get_serializer(self.get_object()).data)

    def _save(self, request: Request, tag: Tag) -> Tag:
        try:
            return save_tag(tag=tag, actor=current_user(request), now=timezone.now())
        except Refused as error:
            raise ValidationError(error.message_dict) from error


class TagSteps:
    """Actions of the customer resource: put a tag on, take it off."""

    @extend_schema(request=None, responses={204: None})
    @action(
        detail=True,
        methods=["put"],
        url_path="tags/(?P<tag_id>[0-9]{1,18})",
        pagination_class=None,
        filterset_class=None,
    )
    def put_tag(self: Any, request: Request, pk: str, tag_id: str) -> Response:
        """Put a tag in use on the customer; one that is there already stays."""
        customer = self.get_object()
        tag = get_object_or_404(Tag, pk=tag_id)
        actor, now = current_user(request), timezone.now()
        put_tag(customer=customer, tag=tag, actor=actor, now=now)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @put_tag.mapping.delete
    def take_tag(self: Any, request: Request, pk: str, tag_id: str) -> Response:
        """Take a tag off; 400 for one that a rule put there."""
        customer = self.get_object()
        tag = get_object_or_404(Tag, pk=tag_id)
        actor, now = current_user(request), timezone.now()
        take_tag(customer=customer, tag=tag, actor=actor, now=now)
        return Response(status=status.HTTP_204_NO_CONTENT)
