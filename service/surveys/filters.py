"""The filters of surveys and of their answers; each figure opens the list it counts."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from service.surveys import choices
from service.surveys.models import Survey, SurveyResponse
from service.surveys.querysets import BOXES, CAMPS, QUADRANTS

ANSWER_HELP = _("question=answer")


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class SurveyFilter(filters.FilterSet):
    """By state and event."""

    state = filters.MultipleChoiceFilter(
        label=pgettext_lazy("survey", "State"), choices=choices.STATES
    )
    trigger = filters.MultipleChoiceFilter(
        label=pgettext_lazy("survey", "Sent"), choices=choices.TRIGGERS
    )

    class Meta:
        model = Survey
        fields: list[str] = []


class ResponseFilter(filters.FilterSet):
    """By satisfaction, recommendation, kind of loyalty, place, month and single answers."""

    box = filters.ChoiceFilter(label=_("Satisfaction"), choices=choices.BOXES, method="in_table")
    camp = filters.ChoiceFilter(label=_("Recommendation"), choices=choices.CAMPS, method="in_table")
    quadrant = filters.ChoiceFilter(
        label=_("Loyalty"), choices=choices.QUADRANTS, method="in_table"
    )
    stage = filters.ChoiceFilter(label=_("Stage"), choices=choices.STAGES)
    trigger = filters.MultipleChoiceFilter(
        label=pgettext_lazy("survey", "Sent"), choices=choices.TRIGGERS
    )
    project = filters.ModelChoiceFilter(
        label=_("Project"), queryset=_projects, null_label="—", null_value="none"
    )
    month = filters.DateFilter(label=_("Month"), field_name="month_on")
    low = filters.BooleanFilter(label=_("Low"), field_name="is_low")
    rated = filters.BooleanFilter(
        label=_("Rated"), field_name="rating", lookup_expr="isnull", exclude=True
    )
    recommending = filters.BooleanFilter(
        label=_("Recommendation asked"), field_name="recommends", lookup_expr="isnull", exclude=True
    )
    answer = filters.CharFilter(label=_("Answer"), method="by_answer", help_text=ANSWER_HELP)
    and_answer = filters.CharFilter(
        label=_("And answer"), method="by_answer", help_text=ANSWER_HELP
    )

    class Meta:
        model = SurveyResponse
        fields: list[str] = []

    def in_table(self, queryset: Any, name: str, value: str) -> Any:
        """Return the answers of one of the named groups."""
        tables = {"box": BOXES, "camp": CAMPS, "quadrant": QUADRANTS}
        return queryset.filter(tables[name][value])

    def by_answer(self, queryset: Any, _name: str, value: str) -> Any:
        """Return who gave an answer: "q1=good", or "q1" for whoever answered it."""
        question, has_value, wanted = value.partition("=")
        return queryset.answered(question, wanted if has_value else None)
