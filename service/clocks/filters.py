"""The filters of the lists behind the figures; they name exactly what a figure counted."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from service.clocks.choices import CLOCKS, VERDICTS
from service.clocks.models import TicketClock
from service.clocks.selectors.timeliness import NONE
from service.tickets.choices import CHANNELS, KINDS, URGENCIES
from service.tickets.models import Ticket, TicketCategory

WITHOUT = pgettext_lazy("ticket", "without a class")
NOT_NAMED = pgettext_lazy("ticket", "not named")


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class CaseFilter(filters.FilterSet):
    """By verdict and by what the report is cut by; month, kind and clock choose the rows before."""

    month = filters.CharFilter(label=_("Month"), method="known")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=KINDS, method="known")
    clock = filters.ChoiceFilter(
        label=_("Time limit"), choices=CLOCKS, method="known", empty_label=None
    )
    verdict = filters.ChoiceFilter(label=_("Result"), choices=VERDICTS)
    project = filters.ModelChoiceFilter(
        label=_("Project"), field_name="ticket__project", queryset=_projects
    )
    category = filters.ModelChoiceFilter(
        label=pgettext_lazy("ticket", "Class"),
        field_name="ticket__category",
        queryset=TicketCategory.objects.all(),
        null_label=WITHOUT,
        null_value=NONE,
    )
    urgency = filters.ChoiceFilter(
        label=pgettext_lazy("ticket", "Urgency"), field_name="ticket__urgency", choices=URGENCIES
    )
    channel = filters.ChoiceFilter(
        label=pgettext_lazy("ticket", "Channel"), field_name="ticket__channel", choices=CHANNELS
    )

    class Meta:
        model = TicketClock
        fields: list[str] = []

    def known(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Return the rows as they are: the view has asked for these already."""
        return queryset


class ComplaintFilter(filters.FilterSet):
    """By class, cause and project; the month chooses the rows before."""

    month = filters.CharFilter(label=_("Month"), method="known")
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    category = filters.ModelChoiceFilter(
        label=pgettext_lazy("ticket", "Class"),
        queryset=TicketCategory.objects.filter(axis="object"),
        null_label=NOT_NAMED,
        null_value=NONE,
    )
    cause = filters.ModelChoiceFilter(
        label=pgettext_lazy("ticket", "Cause"),
        queryset=TicketCategory.objects.filter(axis="cause"),
        null_label=NOT_NAMED,
        null_value=NONE,
    )

    class Meta:
        model = Ticket
        fields: list[str] = []

    def known(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Return the rows as they are: the view has asked for these already."""
        return queryset
