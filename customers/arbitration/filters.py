"""The filters of cases."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.arbitration import choices
from customers.arbitration.models import ClaimCase
from customers.models import Project


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class CaseFilter(filters.FilterSet):
    """By decision and project."""

    outcome = filters.MultipleChoiceFilter(label=_("Decision"), choices=choices.OUTCOMES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = ClaimCase
        fields = ["project"]
