"""What lists of the desk are narrowed by."""

from typing import ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _

from service.desk import choices
from service.desk.models import DeskCall, Feedback
from service.desk.querysets import CallQuerySet


class CallFilter(django_filters.FilterSet):
    """Calls by state, outcome and whether the hotline was staffed."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=choices.CALL_STATES)
    disposition = django_filters.ChoiceFilter(label=_("Outcome"), choices=choices.DISPOSITIONS)
    mode = django_filters.ChoiceFilter(label=_("Hotline"), choices=choices.MODES)
    open = django_filters.BooleanFilter(label=_("Outcome to note"), method="by_open")

    class Meta:
        model = DeskCall
        fields: ClassVar[list[str]] = ["state", "disposition", "mode"]

    def by_open(self, rows: CallQuerySet, _name: str, value: bool) -> CallQuerySet:  # noqa: FBT001
        """Return the calls whose outcome nobody has noted, or the others."""
        return rows.filter(disposition="") if value else rows.exclude(disposition="")


class FeedbackFilter(django_filters.FilterSet):
    """Feedback by the way it came."""

    way = django_filters.ChoiceFilter(label=_("Way"), choices=choices.WAYS)

    class Meta:
        model = Feedback
        fields: ClassVar[list[str]] = ["way"]
