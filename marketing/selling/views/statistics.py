"""Sales statistics by day, week, month, project, layout or channel, and the opportunities."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Project
from marketing.selling.choices import GRAINS
from marketing.selling.forms import day_field, project_field
from marketing.selling.pages import saved
from marketing.selling.querysets import VIEW
from marketing.selling.rules.spans import DAY, Grain, Span, span_of
from marketing.selling.selectors.statistics import (
    CUTS,
    Question,
    Statistics,
    opportunities,
    statistics,
)
from marketing.selling.services.exporting import LABELS, shown_measures, statistics_xlsx

UNPROCESSABLE: Final = 422
LONGEST: Final = {
    Grain.DAY: timedelta(days=92),
    Grain.WEEK: timedelta(days=732),
    Grain.MONTH: timedelta(days=1830),
}
CUT_LABELS: Final = dict(
    zip(
        CUTS,
        (
            pgettext_lazy("statistics", "Time"),
            gettext_lazy("Project"),
            gettext_lazy("Layout"),
            gettext_lazy("Channel"),
        ),
        strict=True,
    )
)


class StatisticsForm(forms.Form):
    """Which days, in which steps, by what, of which project."""

    by = forms.ChoiceField(label=gettext_lazy("By"), choices=list(CUT_LABELS.items()))
    grain = forms.ChoiceField(
        label=gettext_lazy("Steps"), choices=[GRAINS[3], GRAINS[2], GRAINS[1]]
    )
    start = day_field(pgettext_lazy("span", "From"))
    end = day_field(pgettext_lazy("span", "Until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"] = project_field(user, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they begin, and more than a table holds."""
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if not start or not end:
            return data
        if end < start:
            self.add_error("end", _("The end lies before the beginning."))
        elif data.get("by") == "time" and end - start > LONGEST[Grain(data.get("grain", "day"))]:
            self.add_error("end", _("That is too long for these steps. Choose longer steps."))
        return data


@require_safe
@permission_required(VIEW, raise_exception=True)
def sales_statistics(request: HtmxHttpRequest) -> HttpResponse:
    """Show the table, its total, and what is on the way."""
    user, now = current_user(request), timezone.now()
    form = _form(request, user, now)
    valid = form.is_valid()
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode()}
    if valid:
        table = statistics(_question(form, user), now)
        context |= _shown(table) | {"by": CUT_LABELS[form.cleaned_data["by"]]}
        context["opportunities"] = opportunities(_projects(form, user))
    status = 200 if valid else UNPROCESSABLE
    return render(request, "marketing/selling/statistics.html", context, status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def sales_statistics_xlsx(request: HtmxHttpRequest) -> HttpResponse:
    """Hand out the table as a workbook."""
    user, now = current_user(request), timezone.now()
    form = _form(request, user, now)
    if not form.is_valid():
        return render(
            request, "marketing/selling/statistics.html", {"form": form}, status=UNPROCESSABLE
        )
    question = _question(form, user)
    content = statistics_xlsx(question, statistics(question, now), actor=user, now=now)
    name = f"{_('Sales statistics')} {question.span.start} {question.span.last}.xlsx"
    return saved(content, name)


def _form(request: HtmxHttpRequest, user: User, now: datetime) -> StatisticsForm:
    """Return the form as asked; what is not asked is the month of today by day."""
    today = timezone.localdate(now)
    usual = {
        "by": "time",
        "grain": "day",
        "start": str(span_of(Grain.MONTH, today).start),
        "end": str(today),
    }
    return StatisticsForm(usual | request.GET.dict(), user=user)


def _question(form: StatisticsForm, user: User) -> Question:
    data = form.cleaned_data
    span = Span(data["start"], data["end"] + DAY)
    projects = tuple(project.pk for project in _projects(form, user))
    return Question(span, Grain(data["grain"]), data["by"], projects)


def _projects(form: StatisticsForm, user: User) -> list[Project]:
    chosen = form.cleaned_data.get("project")
    return [chosen] if chosen else list(Project.objects.visible_to(user).order_by("name", "pk"))


def _shown(table: Statistics) -> dict[str, Any]:
    keys = shown_measures(table)
    rows = [
        (line, [(key, line.values[key]) for key in keys], moved)
        for line, moved in zip(table.lines, table.trend(), strict=True)
    ]
    whole = [(key, table.whole.values[key]) for key in keys]
    return {
        "rows": rows,
        "heads": [LABELS[key] for key in keys],
        "whole": table.whole,
        "sums": whole,
    }
