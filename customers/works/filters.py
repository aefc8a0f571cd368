"""The filter of building nodes."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Project
from customers.works import choices
from customers.works.models import ConstructionNode


def _projects(request: Any) -> Any:
    user = getattr(request, "user", None)
    return Project.objects.none() if user is None else Project.objects.visible_to(user)


class NodeFilter(filters.FilterSet):
    """By project, kind and result; ``reached`` tells whether a node was reached."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    kind = filters.MultipleChoiceFilter(label=_("Node"), choices=choices.NODES)
    result = filters.MultipleChoiceFilter(label=_("Result"), choices=choices.RESULTS)
    reached = filters.BooleanFilter(
        label=_("Reached"), field_name="reached_on", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = ConstructionNode
        fields = ["project", "kind", "result", "reached"]
