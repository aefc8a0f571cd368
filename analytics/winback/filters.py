"""The filters of warnings and of cases; the same narrow a figure and the rows behind it."""

from typing import Any, Final

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.winback import choices
from analytics.winback.models import ChurnAlert, ToolUse, WinbackCase
from crm_site.staff.models import User
from customers.models import Project

OPEN, CLOSED = "open", "closed"
# filters that ask for warnings that are over as well
ASKS_OVER: Final = ("state", "verdict", "judged", "since", "until")
OPENNESS = [
    (OPEN, pgettext_lazy("warning", "Standing")),
    (CLOSED, pgettext_lazy("warning", "Over")),
]
WORKED = [("yes", _("Called at least once")), ("no", _("Not called yet"))]
JUDGED = [("yes", _("Days over, counted")), ("no", _("Days still running"))]


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


def _owners(request: Any) -> Any:
    cases = WinbackCase.objects.visible_to(request.user).order_by().values("owner")
    return User.objects.filter(pk__in=cases).order_by("name")


class AlertFilter(filters.FilterSet):
    """By level, project, group of the experiment, and whether it still stands."""

    level = filters.ChoiceFilter(label=_("Level"), choices=choices.LEVELS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    cause = filters.ChoiceFilter(label=_("Main cause"), choices=choices.CAUSES)
    state = filters.ChoiceFilter(label=_("State"), choices=OPENNESS, method="by_state")
    arm = filters.ChoiceFilter(label=_("Group of the experiment"), choices=choices.ARMS)
    verdict = filters.ChoiceFilter(label=_("Result"), choices=choices.VERDICTS)
    since = filters.DateFilter(label=pgettext_lazy("warning", "Counted from"), method="by_since")
    until = filters.DateFilter(label=_("Counted before"), method="by_until")
    judged = filters.ChoiceFilter(label=_("Counted"), choices=JUDGED, method="by_judged")

    class Meta:
        model = ChurnAlert
        fields: tuple[str, ...] = ()

    def by_state(self, rows: QuerySet[ChurnAlert], _name: str, value: str) -> QuerySet[ChurnAlert]:
        """Keep what stands or what is over."""
        return rows.filter(closed_at__isnull=value == OPEN)

    def by_since(self, rows: QuerySet[ChurnAlert], _name: str, value: Any) -> QuerySet[ChurnAlert]:
        """Keep what counts from this day on."""
        return rows.filter(counted_from__date__gte=value)

    def by_until(self, rows: QuerySet[ChurnAlert], _name: str, value: Any) -> QuerySet[ChurnAlert]:
        """Keep what counts from before this day."""
        return rows.filter(counted_from__date__lt=value)

    def by_judged(self, rows: QuerySet[ChurnAlert], _name: str, value: str) -> QuerySet[ChurnAlert]:
        """Keep those of which the result counts, or the others."""
        counted = ChurnAlert.objects.filter(judge_at__lte=timezone.now()).exclude(
            verdict__in=("", "excluded")
        )
        ids = counted.order_by().values("pk")
        return rows.filter(pk__in=ids) if value == "yes" else rows.exclude(pk__in=ids)


class CaseFilter(filters.FilterSet):
    """By state, level, cause, tool, responsible, result; as the figures of the results count."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.CASE_STATES)
    level = filters.ChoiceFilter(
        label=_("Level"), choices=choices.LEVELS, field_name="alert__level"
    )
    cause = filters.ChoiceFilter(label=_("Main cause"), choices=choices.CAUSES)
    tool = filters.ChoiceFilter(label=_("Tool"), choices=choices.TOOLS, method="by_tool")
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    owner = filters.ModelChoiceFilter(label=_("Responsible"), queryset=_owners)
    verdict = filters.ChoiceFilter(
        label=_("Result"), choices=choices.VERDICTS, field_name="alert__verdict"
    )
    worked = filters.ChoiceFilter(label=_("Callback"), choices=WORKED, method="by_worked")
    judged = filters.ChoiceFilter(label=_("Counted"), choices=JUDGED, method="by_judged")
    since = filters.DateFilter(label=pgettext_lazy("warning", "Counted from"), method="by_since")
    until = filters.DateFilter(label=_("Counted before"), method="by_until")

    class Meta:
        model = WinbackCase
        fields: tuple[str, ...] = ()

    def by_tool(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the cases on which a tool was used."""
        return rows.filter(Exists(ToolUse.objects.filter(case=OuterRef("pk"), tool=value)))

    def by_worked(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the cases with a callback tried, or those without."""
        return rows.filter(worked_at__isnull=value == "no")

    def by_judged(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the cases whose result counts, or the others."""
        ids = WinbackCase.objects.judged(timezone.now()).order_by().values("pk")
        return rows.filter(pk__in=ids) if value == "yes" else rows.exclude(pk__in=ids)

    def by_since(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Keep what counts from this day on."""
        return rows.filter(alert__counted_from__date__gte=value)

    def by_until(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Keep what counts from before this day."""
        return rows.filter(alert__counted_from__date__lt=value)
