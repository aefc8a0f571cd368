"""The filters of tickets."""

from datetime import datetime, time, timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.filter_bars import LeanFilterSet
from crm_site.staff.models import User
from customers.models.project import Project
from service.tickets import choices
from service.tickets.models import Ticket, TicketCategory, TicketTask


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


def _people(request: Any) -> Any:
    """Return who handles tickets that the asker sees."""
    seen = Ticket.objects.visible_to(request.user).exclude(handler=None)
    return User.objects.filter(pk__in=seen.values("handler")).order_by("name", "pk")


class TicketFilter(LeanFilterSet):
    """By number or words, state, kind, class, project, handler, urgency, lateness."""

    q = filters.CharFilter(label=_("Number or subject"), method="by_words")
    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.STATES)
    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.KINDS)
    urgency = filters.MultipleChoiceFilter(label=_("Urgency"), choices=choices.URGENCIES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    handler = filters.ModelChoiceFilter(label=_("Handler"), queryset=_people)
    category = filters.ModelChoiceFilter(
        label=pgettext_lazy("ticket", "Class"),
        queryset=TicketCategory.objects.select_related("parent"),
    )
    stage = filters.MultipleChoiceFilter(label=_("Stage"), choices=choices.STAGES)
    open = filters.BooleanFilter(label=_("Open"), method="by_open")
    overdue = filters.BooleanFilter(label=_("Overdue"), method="by_overdue")
    due = filters.ChoiceFilter(
        label=pgettext_lazy("ticket", "Due"), choices=choices.DUE, method="by_due"
    )
    mine = filters.BooleanFilter(label=_("Mine"), method="by_mine")
    my_tasks = filters.BooleanFilter(label=_("With a sub-task of mine"), method="by_my_tasks")
    demanding = filters.BooleanFilter(label=_("Demanding opinion"), field_name="is_demanding")

    class Meta:
        model = Ticket
        fields = ["state", "kind", "urgency", "project", "handler", "category", "stage"]

    @classmethod
    def choices_stamp(cls, request: Any) -> str:
        """Return a text that changes with the projects, people and classes the asker is offered."""
        offered = (_projects(request), _people(request), TicketCategory.objects.all())
        return repr([list(rows.values_list("pk", "name")) for rows in offered])

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the tickets whose number or subject holds the words."""
        text = value.strip()
        return queryset.filter(Q(number__icontains=text) | Q(subject__icontains=text))

    def by_open(self, queryset: Any, _name: str, value: Any) -> Any:
        """Keep the tickets that are open, or ended."""
        still = Ticket.objects.open().values("pk")
        return queryset.open() if value else queryset.exclude(pk__in=still)

    def by_overdue(self, queryset: Any, _name: str, value: Any) -> Any:
        """Keep the tickets past a limit, or the others."""
        now = timezone.now()
        late = Ticket.objects.overdue(now).values("pk")
        return queryset.overdue(now) if value else queryset.exclude(pk__in=late)

    def by_due(self, queryset: Any, _name: str, value: str) -> Any:
        """Keep the open tickets with a limit left today, one that has run out, or either."""
        now = timezone.now()
        tomorrow = timezone.localtime(now).date() + timedelta(days=1)
        midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
        if value == "late":
            return queryset.overdue(now)
        if value == "today":
            return queryset.due_between(now, midnight)
        return queryset.overdue(midnight)

    def by_my_tasks(self, queryset: Any, _name: str, value: Any) -> Any:
        """Keep the tickets with an open sub-task of one's own, or the others."""
        user = getattr(self.request, "user", None)
        held = TicketTask.objects.open().filter(owner=user).values("ticket")
        return queryset.filter(pk__in=held) if value else queryset.exclude(pk__in=held)

    def by_mine(self, queryset: Any, _name: str, value: Any) -> Any:
        """Keep the tickets one answers for, or those of others."""
        user = getattr(self.request, "user", None)
        own = Q(handler=user) | Q(handler=None, first_responder=user)
        return queryset.filter(own if value else ~own)
