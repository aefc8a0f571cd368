"""How reports and measures are narrowed."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.reviews import choices
from analytics.reviews.meeting_models import ManagementReview
from analytics.reviews.report_models import Measure, PerformanceReport

STATES = [
    ("open", pgettext_lazy("measure", "Open")),
    ("late", pgettext_lazy("measure", "Late")),
    ("done", pgettext_lazy("measure", "Done")),
]


class ReportFilter(filters.FilterSet):
    """Reports by kind and state."""

    kind = filters.ChoiceFilter(choices=choices.CYCLES, label=_("Report"))
    state = filters.ChoiceFilter(choices=choices.REPORT_STATES, label=_("State"))

    class Meta:
        model = PerformanceReport
        fields: list[str] = []


class ReviewFilter(filters.FilterSet):
    """Management reviews by kind, year and state."""

    kind = filters.ChoiceFilter(choices=choices.MEETINGS, label=_("Review"))
    year = filters.NumberFilter(label=_("Year"))
    state = filters.ChoiceFilter(choices=choices.MEETING_STATES, label=_("State"))

    class Meta:
        model = ManagementReview
        fields: list[str] = []


class MeasureFilter(filters.FilterSet):
    """Measures by words, state and whose they are."""

    q = filters.CharFilter(field_name="what", lookup_expr="icontains", label=_("Search"))
    state = filters.ChoiceFilter(choices=STATES, method="by_state", label=_("State"))
    mine = filters.BooleanFilter(method="by_mine", label=_("Only mine"))

    class Meta:
        model = Measure
        fields: list[str] = []

    def by_state(self, queryset: Any, _name: str, value: str) -> Any:
        """Return the measures that are open, late or done."""
        if value == "done":
            return queryset.filter(done_on__isnull=False)
        return queryset.overdue(today=timezone.localdate()) if value == "late" else queryset.open()

    def by_mine(self, queryset: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return one's own measures, or those of others."""
        own = {"owner": self.request.user}
        return queryset.filter(**own) if value else queryset.exclude(**own)
