"""The filters of experience."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from service.experience import choices
from service.experience.models import GroupItem, Touchpoint


class TouchpointFilter(filters.FilterSet):
    """By department, node and stage."""

    department = filters.MultipleChoiceFilter(label=_("Department"), choices=choices.DEPARTMENTS)
    node = filters.MultipleChoiceFilter(label=_("Node"), choices=choices.NODES)
    phase = filters.MultipleChoiceFilter(label=_("Stage"), choices=choices.PHASES)

    class Meta:
        model = Touchpoint
        fields = ["department"]


class ItemFilter(filters.FilterSet):
    """By kind and state."""

    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.ITEM_KINDS)
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.ITEM_STATES)

    class Meta:
        model = GroupItem
        fields = ["kind"]
