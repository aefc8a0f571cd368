"""The calendar and the matrix of publicity, the report of plans, what a campaign brought."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.questionnaires.querysets import FILL
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Project
from customers.vocabulary import labels
from marketing.campaigns import rows
from marketing.campaigns.effects import BEHIND, effects_of
from marketing.campaigns.exports import grid_xlsx
from marketing.campaigns.models import Campaign
from marketing.campaigns.publicity import grid_of, month_of, placements_for
from marketing.campaigns.querysets import KEEP, SEE_MONEY, VIEW
from marketing.campaigns.reports import report_of
from marketing.campaigns.views.common import day_asked, get_campaign, number_asked, year_asked

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORT = Listing(
    template="marketing/campaigns/report.html",
    sorts={"start": ("-starts_on", "-id")},
    default_sort="start",
)
BEHIND_LIST = Listing(
    template="marketing/campaigns/rows.html", sorts={"latest": ("-id",)}, default_sort="latest"
)
OF_MONEY: Final = ("cost",)


def _projects(user: User) -> list[tuple[int, str]]:
    return list(Project.objects.visible_to(user).order_by("code").values_list("pk", "name"))


def _project(request: HtmxHttpRequest, offered: list[tuple[int, str]]) -> int | None:
    """Return the project of ``?project=`` among those offered; 404 for another."""
    key = number_asked(request, "project")
    if not key:
        return None
    if key not in dict(offered):
        raise Http404
    return key


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaign_calendar(request: HtmxHttpRequest) -> HttpResponse:
    """Show a month of publicity; what does not fit the sales phase stands on top (MKT-24)."""
    user = current_user(request)
    offered = _projects(user)
    project = _project(request, offered)
    month = month_of(
        placements_for(user, project), day=day_asked(request), today=timezone.localdate()
    )
    context = {"month": month, "projects": offered, "project": project}
    return render(request, "marketing/campaigns/calendar.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def publicity_grid(request: HtmxHttpRequest) -> HttpResponse:
    """Show the matrix of media by sales phases with content and cost (MKT-22)."""
    user = current_user(request)
    offered = _projects(user)
    project = _project(request, offered)
    context = {
        "grid": grid_of(placements_for(user, project)),
        "projects": offered,
        "project": project,
        "may_see_money": user.has_perm(SEE_MONEY),
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "marketing/campaigns/grid.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def publicity_grid_xlsx(request: HtmxHttpRequest) -> HttpResponse:
    """Hand out the matrix as a workbook; money only for who may see it."""
    user, now = current_user(request), timezone.now()
    project = _project(request, _projects(user))
    grid = grid_of(placements_for(user, project))
    mark = f"{user.name} {timezone.localtime(now):%Y-%m-%d %H:%M}"
    content = grid_xlsx(grid, mark=mark, with_money=user.has_perm(SEE_MONEY))
    name = f"publicity-{timezone.localdate(now):%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaign_report(request: HtmxHttpRequest) -> HttpResponse:
    """Show how plans of a year were kept, and what each kind of campaign cost (MKT-05, MKT-15)."""
    user, now, year = current_user(request), timezone.now(), year_asked(request)
    offered = _projects(user)
    project = _project(request, offered)
    found = Campaign.objects.visible_to(user).standing().filter(starts_on__year=year)
    if project is not None:
        found = found.filter(project=project)
    context = {
        "year": year,
        "projects": offered,
        "project": project,
        "report": report_of(found, now=now),
        "may_see_money": user.has_perm(SEE_MONEY),
    }
    return list_page(
        request,
        queryset=found.select_related("project", "owner"),
        listing=REPORT,
        present=lambda page: rows.plan_lines(page, now=now),
        context=context,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaign_effect(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Show what a campaign brought; each count opens its rows (MKT-76)."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    effect = effects_of([row], now=timezone.now())[row.pk]
    words = labels("source")
    context = {
        "campaign": row,
        "effect": effect,
        "channels": [
            (words.get(code, code) if code else _("No channel"), counts)
            for code, counts in effect.channels.items()
        ],
        "may_see_money": user.has_perm(SEE_MONEY),
    }
    return render(request, "marketing/campaigns/effect.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaign_rows(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Show the rows behind a figure that the person may see, and how many others there are."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    figure = request.GET.get("of", "")
    if figure not in BEHIND or (figure in OF_MONEY and not user.has_perm(SEE_MONEY)):
        raise Http404
    every = BEHIND[figure]([row.code])
    seen = rows.seen_by(every, user)
    total = every.count()
    context: dict[str, Any] = {
        "campaign": row,
        "label": rows.FIGURES[figure],
        "headings": rows.headings_of(figure),
        "total": total,
        "hidden": total - seen.count(),
        "asks": figure == "visits" and row.kind == "scene" and user.has_perm(FILL),
    }
    return list_page(
        request,
        queryset=rows.related(seen, figure),
        listing=BEHIND_LIST,
        present=lambda page: rows.behind_lines(figure, page),
        context=context,
    )
