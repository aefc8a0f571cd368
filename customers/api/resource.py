"""What every resource of the API shares: rights by role, rows by scope, pages by key."""

from typing import Any

from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.pagination import KeysetPagination
from customers.errors import EntryError

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
