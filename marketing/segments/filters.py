"""Filters of the lists of opportunities, un-closed customers and the programme."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.models import Customer
from marketing.segments import words
from marketing.segments.models import Opportunity
from marketing.segments.selectors.ranking import in_step


class OpportunityFilter(filters.FilterSet):
    """By kind, reason, state and outcome."""

    kind = filters.ChoiceFilter(choices=words.OPPORTUNITY_KINDS, label=_("Kind"))
    rule = filters.ChoiceFilter(choices=words.OPPORTUNITY_RULES, label=_("Reason"))
    state = filters.ChoiceFilter(choices=words.OPPORTUNITY_STATES, label=_("State"))
    outcome = filters.ChoiceFilter(choices=words.OUTCOMES, label=_("Outcome"))

    class Meta:
        model = Opportunity
        fields: list[str] = []


class NurtureFilter(filters.FilterSet):
    """By intent, and whether advice was sent."""

    intent = filters.ChoiceFilter(choices=choices.INTENTS, label=_("Intent"))
    has_advice = filters.BooleanFilter(label=_("Got advice"))

    class Meta:
        model = Customer
        fields: list[str] = []


class ProgrammeFilter(filters.FilterSet):
    """By step of the programme."""

    step = filters.ChoiceFilter(choices=words.STEPS, method="by_step", label=_("Step"))

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_step(self, queryset: Any, _name: str, value: str) -> Any:
        """Return the customers who stand at a step."""
        return in_step(queryset, value)
