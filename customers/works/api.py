"""Building nodes, to read: what is planned, reached and accepted."""

from typing import Any

from rest_framework import mixins, serializers

from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.works.filters import NodeFilter
from customers.works.models import ConstructionNode

VIEW = "customers.view_units"


class NodeSerializer(serializers.ModelSerializer[ConstructionNode]):
    """A node with its days; ``building`` is empty for the whole project."""

    title = serializers.CharField(read_only=True)

    class Meta:
        model = ConstructionNode
        fields = [
            *("id", "project", "building", "kind", "title", "planned_on", "is_key"),
            *("reached_on", "result", "accepted_on", "updated_at"),
        ]


class NodeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Building nodes of the projects of the asker: list and read."""

    queryset = ConstructionNode.objects.all()
    serializer_class = NodeSerializer
    filterset_class = NodeFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("id",), "plan": ("planned_on", "id")}

    def get_queryset(self) -> Any:
        return ConstructionNode.objects.visible_to(current_user(self.request))
