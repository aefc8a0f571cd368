"""The filters of campaigns and cost."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from customers.vocabulary import options
from marketing.campaigns import choices
from marketing.campaigns.models import Campaign, CostItem

YES = [("yes", _("Yes"))]


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user).order_by("code")


def _campaigns(request: Any) -> Any:
    return Campaign.objects.visible_to(request.user).order_by("-starts_on", "-pk")


def _day(label: Any, lookup: str) -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return filters.DateFilter(label=label, field_name="on", lookup_expr=lookup, widget=widget)


class CampaignFilter(filters.FilterSet):
    """By state, kind, project, phase, and what was not planned or not reviewed."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.STATES)
    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.KINDS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    phase = filters.ChoiceFilter(label=_("Sales phase"), choices=choices.PHASES)
    unplanned = filters.ChoiceFilter(label=_("Unplanned"), choices=YES, method="only_unplanned")
    late = filters.ChoiceFilter(label=_("Review late"), choices=YES, method="only_late")

    class Meta:
        model = Campaign
        fields = ["project"]

    def only_unplanned(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Return what was ordered at short notice."""
        return rows.filter(is_unplanned=True)

    def only_late(self, rows: Any, _name: str, _value: str) -> Any:
        """Return what ended without a review in time."""
        return rows.awaiting_review(today=timezone.localdate())


class CostFilter(filters.FilterSet):
    """By state, item, place, days, and what is charged nowhere."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.COST_STATES)
    unallocated = filters.ChoiceFilter(
        label=_("Not allocated"), choices=YES, method="only_unallocated"
    )
    without_budget = filters.ChoiceFilter(
        label=_("Without a budget"), choices=YES, method="only_without_budget"
    )
    item = filters.MultipleChoiceFilter(
        label=pgettext_lazy("cost", "Item"), choices=choices.COST_ITEMS
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=choices.COST_KINDS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    campaign = filters.ModelChoiceFilter(label=_("Campaign"), queryset=_campaigns)
    channel_code = filters.ChoiceFilter(label=_("Channel"), choices=lambda: options("source"))
    medium = filters.ChoiceFilter(
        label=pgettext_lazy("publicity", "Medium"),
        choices=choices.MEDIA,
        field_name="placement__medium",
    )
    phase = filters.ChoiceFilter(
        label=_("Sales phase"), choices=choices.PHASES, field_name="placement__phase"
    )
    since = _day(_("From day"), "gte")
    until = _day(_("Until day"), "lte")

    class Meta:
        model = CostItem
        fields = ["project"]

    def only_unallocated(self, rows: Any, _name: str, _value: str) -> Any:
        """Return what is charged to no project, campaign or channel."""
        return rows.unallocated()

    def only_without_budget(self, rows: Any, _name: str, _value: str) -> Any:
        """Return what counts although no budget holds it."""
        return rows.without_budget()
