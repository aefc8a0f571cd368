"""The filters of suggested groups."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from service.groups import choices
from service.groups.models import GroupSuggestion


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class SuggestionFilter(filters.FilterSet):
    """By how it stands and by project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.STATES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = GroupSuggestion
        fields = ["state", "project"]
