"""The filters of the lists of owner care."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Project
from service.care import choices
from service.care.models import (
    CareAction,
    CareEvent,
    CareGiftList,
    CareGreeting,
    CareIssue,
    CareItem,
    CareOccasion,
    CarePlan,
    CareStep,
)


def projects_of(request: Any) -> Any:
    """Return the projects the asker may see."""
    user = getattr(request, "user", None)
    return Project.objects.none() if user is None else Project.objects.visible_to(user)


class ItemFilter(filters.FilterSet):
    """By project, step, action and state; needs ``with_state``."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    step = filters.ModelChoiceFilter(
        label=_("Step"), field_name="action__step", queryset=CareStep.objects.all()
    )
    action = filters.ModelChoiceFilter(label=_("Action"), queryset=CareAction.objects.all())
    state = filters.MultipleChoiceFilter(
        label=_("State"), choices=choices.ITEM_STATES, distinct=False
    )
    grade = filters.ChoiceFilter(
        label=_("Grade"), choices=[(x, x) for x in "ABCDE"], method="by_grade"
    )

    class Meta:
        model = CareItem
        fields = ["project", "step", "action", "state", "grade"]

    def by_grade(self, queryset: Any, _name: str, value: str) -> Any:
        """Keep what is due for customers of a grade."""
        return queryset.filter(customer__grading__grade=value)


class GreetingFilter(filters.FilterSet):
    """By project, occasion, and whether somebody still has to greet."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    occasion = filters.MultipleChoiceFilter(label=_("Occasion"), choices=choices.OCCASIONS)
    waits = filters.BooleanFilter(label=_("To be greeted by hand"), method="by_waiting")

    class Meta:
        model = CareGreeting
        fields = ["project", "occasion", "waits"]

    def by_waiting(self, queryset: Any, _name: str, value: Any) -> Any:
        """Keep the greetings that wait for somebody, or the others."""
        waiting = {"channel": "", "sent_at": None}
        return queryset.filter(**waiting) if value else queryset.exclude(**waiting)


class OccasionFilter(filters.FilterSet):
    """By project and occasion."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    kind = filters.MultipleChoiceFilter(label=_("Occasion"), choices=choices.JOYS)

    class Meta:
        model = CareOccasion
        fields = ["project", "kind"]


class GiftListFilter(filters.FilterSet):
    """By project, festival and state."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    festival = filters.MultipleChoiceFilter(label=_("Festival"), choices=choices.FESTIVALS)
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.PAPER_STATES[:3])

    class Meta:
        model = CareGiftList
        fields = ["project", "festival", "state"]


class PlanFilter(filters.FilterSet):
    """By project, year and state."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    year = filters.NumberFilter(label=_("Year"), min_value=2000, max_value=2100)
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.PAPER_STATES[:3])

    class Meta:
        model = CarePlan
        fields = ["project", "year", "state"]


class IssueFilter(filters.FilterSet):
    """By project."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = CareIssue
        fields = ["project"]


class EventFilter(filters.FilterSet):
    """By project, kind and state."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.EVENT_KINDS)
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.EVENT_STATES)

    class Meta:
        model = CareEvent
        fields = ["project", "kind", "state"]
