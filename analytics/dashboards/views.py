"""The dashboards, their files and the rows behind their own figures."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import boards, words
from analytics.dashboards.boards import VIEW
from analytics.dashboards.exports.paper import board_pdf
from analytics.dashboards.exports.workbook import board_xlsx
from analytics.dashboards.kept import drawn, remember
from analytics.dashboards.page import BoardPage, funnel_of, read_board
from analytics.dashboards.questions import (
    NoBoardError,
    NoPlaceError,
    Question,
    first_board,
    question_of,
)
from analytics.dashboards.rules.way import STEPS, Step
from analytics.dashboards.selectors import panels
from analytics.dashboards.selectors.cards import trends_of
from analytics.dashboards.selectors.way import CAME, OUTCOMES, stopped_at
from crm_site.audit.services import record
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.selectors.project_scope import project_scope

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CUSTOMERS = Listing(
    template="analytics/dashboards/way_customers.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)
TASKS = Listing(
    template="analytics/dashboards/late_tasks.html",
    sorts={"due": ("due_at", "id")},
    default_sort="due",
)
TICKETS = Listing(
    template="analytics/dashboards/late_tickets.html",
    sorts={"opened": ("opened_at", "id")},
    default_sort="opened",
)


def asked_by(request: HtmxHttpRequest, key: str) -> Question:
    """Return what the address asks; 403 without the dashboard, 404 for a place that is not one's.

    A place beyond one's own does not exist, whether it does or not.
    """
    user = current_user(request)
    if key not in boards.BY_KEY:
        raise Http404
    project = project_scope(request).project_id
    try:
        return question_of(user, key, request.GET, now=timezone.now(), project=project)
    except NoBoardError as error:
        raise PermissionDenied(_("This dashboard belongs to other roles.")) from error
    except NoPlaceError as error:
        raise Http404 from error


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_home(request: HtmxHttpRequest) -> HttpResponse:
    """Show the dashboard one begins with: that of one's own place."""
    try:
        key = first_board(current_user(request)).key
    except NoBoardError as error:
        raise PermissionDenied(_("There is no dashboard for your place yet.")) from error
    return _shown(request, key, "analytics/dashboards/board.html")


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Show a dashboard: scope, period and comparison are those of the address."""
    return _shown(request, dashboard_key, "analytics/dashboards/board.html")


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_now(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Return the figures alone, for a page that refreshes itself; it is no use of the session.

    With ``again`` in the address somebody asks by hand: everything is counted anew.
    """
    again = "again" in request.GET
    return _shown(request, dashboard_key, "analytics/dashboards/_board.html", again=again)


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_trends(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Return the lines of the cards, counted where they were not known yet."""
    trends = trends_of(asked_by(request, dashboard_key))
    return render(request, "analytics/dashboards/_trends.html", {"trends": trends})


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_pdf(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Hand out the dashboard as it is shown, on A4."""
    return _file(request, dashboard_key, board_pdf, "pdf", PDF)


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_xlsx(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Hand out the figures of the dashboard with their definitions as a workbook."""
    return _file(request, dashboard_key, board_xlsx, "xlsx", XLSX)


@require_safe
@permission_required(VIEW, raise_exception=True)
def way(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Show the way from the first look to the contract: counts, times, where customers leave."""
    asked = asked_by(request, dashboard_key)
    funnel = funnel_of(asked)
    context = _frame(asked) | {"funnel": funnel, "chart": words.way_chart(asked, funnel)}
    return render(request, "analytics/dashboards/way.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def way_customers(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Show the customers behind one count of the way."""
    asked = asked_by(request, dashboard_key)
    step = request.GET.get("step", Step.BROWSED.value)
    outcome = request.GET.get("outcome", CAME)
    if step not in STEPS or outcome not in OUTCOMES:
        raise Http404
    rows = stopped_at(asked.asking(), Step(step), outcome)
    title = words.stop_title(Step(step), outcome)
    return _rows(request, asked, rows.select_related("project", "owner"), CUSTOMERS, title)


@require_safe
@permission_required(VIEW, raise_exception=True)
def late_tasks(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Show all overdue tasks of the place."""
    asked = asked_by(request, dashboard_key)
    rows = panels.overdue_tasks(asked).select_related("customer", "owner")
    return _rows(request, asked, rows, TASKS, _("Overdue tasks"))


@require_safe
@permission_required(VIEW, raise_exception=True)
def late_tickets(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Show all tickets of the place that are past a time limit."""
    asked = asked_by(request, dashboard_key)
    rows = panels.overdue_tickets(asked).select_related("project", "handler")
    return _rows(request, asked, rows, TICKETS, _("Overdue tickets"))


def _shown(
    request: HtmxHttpRequest, key: str, template: str, *, again: bool = False
) -> HttpResponse:
    asked = asked_by(request, key).of(again=again)
    frame = _frame(asked)
    remember(asked)
    upper, lower = drawn(asked, lambda: _drawn(request, asked, frame))
    has = asked.board.panels
    late = {
        "overdue": panels.overdue(asked) if "overdue" in has else None,
        "late": panels.overdue(asked, tickets=True) if "late" in has else None,
    }
    return render(request, template, frame | late | {"upper": upper, "lower": lower})


def _drawn(request: HtmxHttpRequest, asked: Question, frame: dict[str, Any]) -> tuple[str, str]:
    """Return the figures above and below the lists of late work, which name customers."""
    context = frame | {"page": read_board(asked)}
    upper, lower = (
        render_to_string(f"analytics/dashboards/{part}.html", context, request)
        for part in ("_upper", "_lower")
    )
    return upper, lower


def _frame(asked: Question) -> dict[str, Any]:
    return {"asked": asked} | words.frame(asked)


def _rows(
    request: HtmxHttpRequest, asked: Question, rows: Any, listing: Listing, title: str
) -> HttpResponse:
    context = _frame(asked) | {"title": title, "count": rows.count()}
    return list_page(request, queryset=rows, listing=listing, context=context)


@transaction.atomic
def _file(
    request: HtmxHttpRequest,
    key: str,
    make: Callable[[BoardPage], bytes],
    ending: str,
    media_type: str,
) -> HttpResponse:
    asked = asked_by(request, key)
    content = make(read_board(asked))
    record(
        kind="dashboard.exported",
        actor=asked.user,
        now=asked.now,
        facts={"board": key, "place": asked.choice.value, "format": ending},
    )
    return saved(content, file_name(asked, ending), media_type)


def file_name(asked: Question, ending: str, *, at: datetime | None = None) -> str:
    """Return the name of a file: dashboard, place, day."""
    day = timezone.localdate(at or asked.now)
    return f"{words.title(asked)} {asked.choice.name} {day:%Y-%m-%d}.{ending}"


def saved(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Return bytes to be saved under a name; no browser shows or runs them."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
