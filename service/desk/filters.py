"""What lists of the desk are narrowed by."""

from typing import ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _

from service.desk import choices
from service.desk.models import DeskCall, Feedback


class CallFilter(django_filters.FilterSet):
    """Calls by state, outcome and whether the hotline was staffed."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=choices.CALL_STATES)
    disposition = django_filters.ChoiceFilter(label=_("Outcome"), choices=choices.DISPOSITIONS)
    mode = django_filters.ChoiceFilter(label=_("Hotline"), choices=choices.MODES)

    class Meta:
        model = DeskCall
        fields: ClassVar[list[str]] = ["state", "disposition", "mode"]


class FeedbackFilter(django_filters.FilterSet):
    """Feedback by the way it came."""

    way = django_filters.ChoiceFilter(label=_("Way"), choices=choices.WAYS)

    class Meta:
        model = Feedback
        fields: ClassVar[list[str]] = ["way"]
