"""The filters of risks."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from service.delays import choices
from service.delays.models import DelayRisk


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class RiskFilter(filters.FilterSet):
    """By project, by what is late, and whether it still is."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    about = filters.ChoiceFilter(label=_("What is late"), choices=choices.ABOUT, method="by_kind")
    state = filters.ChoiceFilter(label=_("State"), choices=choices.STATES, method="by_state")

    class Meta:
        model = DelayRisk
        fields: tuple[str, ...] = ()

    def by_kind(self, rows: QuerySet[DelayRisk], _name: str, value: str) -> QuerySet[DelayRisk]:
        """Keep the risks of handovers or of facilities."""
        return rows.filter(building__isnull=value == choices.FACILITY)

    def by_state(self, rows: QuerySet[DelayRisk], _name: str, value: str) -> QuerySet[DelayRisk]:
        """Keep what is open or what has ended."""
        return rows.filter(closed_at__isnull=value == choices.OPEN)
