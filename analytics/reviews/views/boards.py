"""The weekly report, the goals, the four elements and the maturity of the company."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from analytics.dashboards.charts import Chart, Series, Tone
from analytics.reviews import selectors
from analytics.reviews.hooks import week_sources
from analytics.reviews.maturity import MATURITY
from analytics.reviews.meeting_models import WeeklyReport
from analytics.reviews.querysets import DIRECT, KEEP, VIEW, place_of
from analytics.reviews.registers import ELEMENTS, GOALS
from analytics.reviews.services.weekly import is_for
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.questionnaires.querysets import FILL
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.current import current_user

WEEKS = Listing(
    template="analytics/reviews/weeks.html",
    sorts={"latest": ("-week_on",)},
    default_sort="latest",
)
STATES = ("late", "next", "done")
WEEK = timedelta(days=6)
CHARTED = 12  # weeks of the chart
COMPARED = 2


def _counted(rows: list[WeeklyReport], region_id: int | None) -> list[dict[str, Any]]:
    """Return weekly reports with how many lines stand in each state for this reader."""
    found = []
    for row in rows:
        lines = [one for one in row.lines if is_for(one, region_id)]
        counts = {state: sum(one["state"] == state for one in lines) for state in STATES}
        found.append({"row": row, "ends_on": row.week_on + WEEK, **counts})
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def weekly_reports(request: HtmxHttpRequest) -> HttpResponse:
    """Show the weekly execution reports."""
    region_id = place_of(current_user(request))
    last = _counted(list(WeeklyReport.objects.order_by("-week_on")[:CHARTED]), region_id)
    return list_page(
        request,
        queryset=WeeklyReport.objects.all(),
        listing=WEEKS,
        present=lambda rows: _counted(rows, region_id),
        context={"chart": _weeks_chart(last[::-1])},
    )


def _weeks_chart(rows: list[dict[str, Any]]) -> Chart | None:
    """Return the lines of each week by state; None where there is nothing to compare."""
    if len(rows) < COMPARED or not any(one[state] for one in rows for state in STATES):
        return None
    tones: tuple[tuple[str, Any, Tone], ...] = (
        ("done", pgettext("week", "Done"), "good"),
        ("next", pgettext("week", "Due next"), "main"),
        ("late", pgettext("week", "Late"), "bad"),
    )
    return Chart(
        key="weeks",
        kind="stack",
        title=_("Work of the weeks"),
        categories=[f"{one['row'].week_on:%m-%d}" for one in rows],
        series=[Series(label, [one[key] for one in rows], tone=tone) for key, label, tone in tones],
        heading=_("Week"),
        unit="count",
        digits=0,
        height="s",
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def weekly_report(request: HtmxHttpRequest, weekly_report_id: int) -> HttpResponse:
    """Show the report of one week: late first, then what comes next, then what was done."""
    row = WeeklyReport.objects.filter(pk=weekly_report_id).first()
    if row is None:
        raise Http404
    region_id = place_of(current_user(request))
    lines = [one for one in row.lines if is_for(one, region_id)]
    labels = {key: label for key, (label, _read) in week_sources().items()}
    for one in lines:
        one["label"] = labels.get(one["source"], one["source"])
    groups = [(state, [one for one in lines if one["state"] == state]) for state in STATES]
    context = {"report": row, "ends_on": row.week_on + WEEK, "groups": groups}
    return render(request, "analytics/reviews/week.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def programme_goals(request: HtmxHttpRequest) -> HttpResponse:
    """Show the goals of the programme with where their KPIs stand."""
    user = current_user(request)
    context = {
        "rows": selectors.goal_rows(user, timezone.now()),
        "register": GOALS,
        "may_direct": user.has_perm(DIRECT),
    }
    return render(request, "analytics/reviews/goals.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def long_term_elements(request: HtmxHttpRequest) -> HttpResponse:
    """Show the four elements, each with its evidence and how old it is."""
    user = current_user(request)
    context = {
        "rows": selectors.element_rows(user, timezone.now()),
        "register": ELEMENTS,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "analytics/reviews/elements.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def maturity(request: HtmxHttpRequest) -> HttpResponse:
    """Show the self-assessments: the stage, and the pairs that lag behind."""
    form = ensure_default(MATURITY)
    context = {
        "rows": selectors.assessments(),
        "form_key": form.key,
        "may_fill": current_user(request).has_perm(FILL),
    }
    return render(request, "analytics/reviews/maturity.html", context)
