"""Plans, goals, the market at a glance, the brand."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.documents.registry import document_kind
from crm_site.registers.models import RegisterEntry
from crm_site.staff.current import current_user
from customers.models import Project
from marketing.planning import brand, choices, registers, selectors
from marketing.planning.frames import BRAND_SURVEY, FRAMES
from marketing.planning.papers import PLANS, PROFILE
from marketing.planning.policies import rules_at
from marketing.planning.querysets import KEEP, VIEW
from marketing.planning.rules.years import deadlines, late_steps, year_to_watch


@require_safe
@permission_required(VIEW, raise_exception=True)
def plan_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans, the steps of the annual one and which of them are late."""
    user, now = current_user(request), timezone.now()
    days, today = rules_at(now).plan_days, timezone.localdate(now)
    year = year_to_watch(today, days)
    standing = selectors.plan_standing(year)
    late = late_steps(year, standing, today=today, days_before=days)
    ends = deadlines(year, days)
    steps = [
        {"label": label, "day": ends[key], "done": standing.has(key), "late": key in late}
        for key, label in choices.STEPS
    ]
    context = {
        "plans": selectors.plan_lines(user, now=now),
        "kinds": [document_kind(key) for key in PLANS],
        "frames": FRAMES,
        "year": year,
        "steps": steps,
        "late": late,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "marketing/planning/plans.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def goal_progress(request: HtmxHttpRequest) -> HttpResponse:
    """Show how far each goal is beside how much of its time is over."""
    user, now = current_user(request), timezone.now()
    context = {"goals": selectors.goal_lines(user, now=now), "may_keep": user.has_perm(KEEP)}
    return render(request, "marketing/planning/goals.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def market_knowledge(request: HtmxHttpRequest) -> HttpResponse:
    """Show competitors beside a project, surveys, trends and selling points with what is stale."""
    user, now = current_user(request), timezone.now()
    projects = list(Project.objects.visible_to(user).order_by("code"))
    asked = request.GET.get("project", "")
    project = next(
        (one for one in projects if one.code == asked), projects[0] if projects else None
    )
    points: Any = RegisterEntry.objects.none()
    if project is not None:
        points = registers.entries(registers.POINTS).about("project", project.pk).order_by("pk")
    own = brand.own_prices([project.code], user=user, now=now) if project else {}
    context = {
        "projects": projects,
        "project": project,
        "own_price": own.get(project.code) if project else None,
        "competitors": selectors.comparison(user, project=project.code, now=now) if project else [],
        "points": [
            {
                "entry": row,
                "kind": dict(choices.POINTS).get(row.values["kind"]),
                "usable": bool(row.values.get("released") and row.values.get("evidence")),
            }
            for row in points
        ],
        "surveys": selectors.flagged(user, registers.SURVEYS, now=now),
        "trends": selectors.trend_lines(user),
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "marketing/planning/market.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def brand_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show the brand over the years, what survey and prices say now, certificates and profile."""
    user, now = current_user(request), timezone.now()
    year = brand.this_year(now)
    premium, pairs = brand.premium_now(user, now=now, days=rules_at(now).competitor_days)
    labels = dict(choices.BRAND)
    surveyed = [
        (labels[key], value, count) for key, (value, count) in brand.from_survey(year).items()
    ]
    context = {
        "chart": brand.brand_chart(user),
        "year": year,
        "surveyed": surveyed,
        "premium": premium,
        "pairs": pairs,
        "certificates": selectors.flagged(user, registers.CERTIFICATES, now=now),
        "profile": selectors.company_profile(now=now),
        "profile_kind": PROFILE,
        "survey": BRAND_SURVEY,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "marketing/planning/brand.html", context)
