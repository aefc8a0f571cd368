"""Pages over all surveys: stages and projects, the answers behind them, sales service."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from service.surveys import overview, selectors
from service.surveys.choices import STAGES
from service.surveys.filters import ResponseFilter
from service.surveys.policies import RULES, SurveyRules
from service.surveys.querysets import MANAGE, VIEW
from service.surveys.report_models import QualitySheet, SatisfactionAlert
from service.surveys.rules.figures import FEW

ANSWERS = Listing(
    template="service/surveys/all_answers.html",
    sorts={"latest": ("-id",), "score": ("score", "id")},
    default_sort="latest",
    filter_class=ResponseFilter,
)
SHEETS = Listing(
    template="service/surveys/sales.html",
    sorts={"latest": ("-month_on", "-id"), "mean": ("mean", "id")},
    default_sort="latest",
)


def month_of(request: HtmxHttpRequest) -> date:
    """Return the month asked for, by default this one; the address says 2026-05."""
    found = None
    try:
        found = parse_date(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        found = None
    return found or timezone.localdate().replace(day=1)


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction(request: HtmxHttpRequest) -> HttpResponse:
    """Show satisfaction by stage and project in a month, its change, customers beside staff."""
    user, month = current_user(request), month_of(request)
    rules: SurveyRules = in_force(RULES, at=timezone.now()).value
    rows = overview.seen(user)
    customers = rows.of_customers()
    lines = overview.stage_table(customers, month=month, weights=dict(rules.stage_weights))
    alerts = SatisfactionAlert.objects.visible_to(user).select_related("project", "person")
    trend = overview.trend(rows, month=month, rules=rules)
    context = {
        "month": month,
        "earlier": overview.before(month, 1),
        "later": overview.before(month, -1),
        "stages": [words for _key, words in STAGES],
        "lines": lines[:-1],
        "whole": lines[-1],
        "weights": [(words, rules.stage_weights.get(key, 0)) for key, words in STAGES],
        "figures": selectors.figures_of(customers.filter(month_on=month)),
        "projects": selectors.by_project(customers.filter(month_on=month)),
        "change": overview.change(rows, month=month),
        "trend": trend,
        "has_nps": any(one.nps for one in trend),
        "nps_line": " ".join(f"{one.nps_x},{one.nps_y}" for one in trend if one.nps),
        "has_trend": any(one.n or one.staff_n for one in trend),
        "least": rules.staff_least,
        "alerts": alerts.order_by("-month_on", "-pk")[:10],
        "few": FEW,
        "may_manage": user.has_perm(MANAGE),
    }
    return render(request, "service/surveys/satisfaction.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction_answers(request: HtmxHttpRequest) -> HttpResponse:
    """Show the answers of customers behind a figure, over all surveys."""
    user = current_user(request)
    rows: Any = overview.seen(user).of_customers()
    return list_page(
        request,
        queryset=rows.select_related("customer", "project", "version", "ticket", "survey"),
        listing=ANSWERS,
        present=lambda found: selectors.answer_lines(found, user),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction_sales(request: HtmxHttpRequest) -> HttpResponse:
    """Show the monthly sheets of the sales service, a line for each project and month."""
    rows = QualitySheet.objects.visible_to(current_user(request)).select_related("project")
    return list_page(request, queryset=rows, listing=SHEETS)
