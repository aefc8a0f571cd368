"""Scores of churn over the API, to be read."""

from typing import Any

import django_filters as filters
from rest_framework import mixins, serializers

from analytics.churn.filters import SCORED, SHOWN
from analytics.churn.models import VIEW, ChurnScore
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet


class ChurnScoreSerializer(serializers.ModelSerializer[ChurnScore]):
    """A score: level, points, probability, reasons as column, value and share, what scored it."""

    class Meta:
        model = ChurnScore
        fields = [
            *("customer", "stage", "level", "points", "probability", "at_stake", "blocks"),
            *("reasons", "engine", "model_version", "scored_at"),
        ]
        read_only_fields = fields


class ChurnScoreFilter(filters.FilterSet):
    """By level, stage and lowest points."""

    level = filters.ChoiceFilter(choices=SHOWN)
    stage = filters.ChoiceFilter(choices=SCORED)
    points_from = filters.NumberFilter(field_name="points", lookup_expr="gte")

    class Meta:
        model = ChurnScore
        fields: list[str] = []


class ChurnScoreViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """The scores of the customers in the area of the asker; who refuses has none."""

    queryset = ChurnScore.objects.all()
    serializer_class = ChurnScoreSerializer
    filterset_class = ChurnScoreFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"at_stake": ("-at_stake", "-customer_id"), "points": ("-points", "-customer_id")}
    default_sort = "at_stake"

    def get_queryset(self) -> Any:
        return ChurnScore.objects.visible_to(current_user(self.request))
