"""Warnings, to read: list and single ones (CUS-99)."""

from typing import Any

from rest_framework import mixins, serializers

from analytics.winback.filters import ASKS_OVER, AlertFilter
from analytics.winback.models import ChurnAlert
from analytics.winback.querysets import VIEW
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet


class ChurnAlertSerializer(serializers.ModelSerializer[ChurnAlert]):
    """A warning; ``arm`` says for red ones whether it is left alone."""

    class Meta:
        model = ChurnAlert
        fields = [
            "id",
            "customer",
            "project",
            "owner",
            "level",
            "stage",
            "points",
            "probability",
            "cause",
            "opened_at",
            "level_at",
            "closed_at",
            "ending",
            "arm",
            "counted_from",
            "judge_at",
            "behaviour",
            "behaviour_at",
            "verdict",
        ]


class ChurnAlertViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Warnings of one's customers, red first; those that are over when a filter asks for them."""

    queryset = ChurnAlert.objects.all()
    serializer_class = ChurnAlertSerializer
    filterset_class = AlertFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"urgent": ("-rank", "-opened_at", "-id"), "id": ("-id",)}
    default_sort = "urgent"

    def get_queryset(self) -> Any:
        rows = ChurnAlert.objects.visible_to(current_user(self.request))
        asked = any(self.request.query_params.get(name) for name in ASKS_OVER)
        return rows if asked or self.action == "retrieve" else rows.open()
