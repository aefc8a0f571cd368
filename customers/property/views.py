"""The unit board and the page of one unit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.models import Project
from customers.property.board import BuildingTab, counts_of, project_board, tabs_of, with_state
from customers.property.models import Unit
from customers.property.services import offer_unit, withhold_unit

VIEW = "customers.view_units"
CONTROL = "customers.control_units"
BOARD = "customers/units/board.html"
ALL = "all"


@require_safe
@permission_required(VIEW, raise_exception=True)
def unit_board(request: HtmxHttpRequest) -> HttpResponse:
    """Show the units of one building by floor, or of the whole project (MKT-56)."""
    user = current_user(request)
    projects = list(Project.objects.visible_to(user).filter(units__isnull=False).distinct())
    if not projects:
        return render(request, BOARD, {"projects": []})
    project = _chosen(projects, request.GET.get("project", ""), user.node)
    tabs = tabs_of(project)
    asked = request.GET.get("building", "")
    tab = _tab(tabs, asked)
    boards = project_board(project, building=tab.building if tab else None)
    context = {
        "projects": projects,
        "project": project,
        "tabs": tabs,
        "current": tab,
        "boards": boards,
        "counts": counts_of(boards),
        "customer": request.GET.get("customer", ""),
    }
    return render_page(request, BOARD, context, partial="board")


def _chosen(projects: list[Project], code: str, node: Any) -> Project:
    """Return the project asked for, else one's own, else the first."""
    own = node.project_id if node else None
    for project in projects:
        if code and project.code == code:
            return project
    return next((each for each in projects if each.pk == own), projects[0])


def _tab(tabs: list[BuildingTab], asked: str) -> BuildingTab | None:
    """Return the building asked for; the first one unless all are wanted."""
    if asked == ALL or not tabs:
        return None
    return next((each for each in tabs if str(each.building.pk) == asked), tabs[0])


def get_unit(request: HtmxHttpRequest, unit_id: int) -> Unit:
    """Return the unit; 404 when it is missing or in a project the user does not see."""
    units = Unit.objects.visible_to(current_user(request))
    try:
        unit: Unit = (
            with_state(units).select_related("building", "layout", "project").get(pk=unit_id)
        )
    except Unit.DoesNotExist as error:
        raise Http404 from error
    return unit


@require_POST
@permission_required(CONTROL, raise_exception=True)
@idempotent()
def unit_withhold(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Take a unit off the market, or put it back."""
    unit, user, now = get_unit(request, unit_id), current_user(request), timezone.now()
    if "offer" in request.POST:
        offer_unit(unit=unit, actor=user, now=now)
        messages.success(request, _("The unit is for sale again."))
    else:
        withhold_unit(unit=unit, reason=request.POST.get("reason", ""), actor=user, now=now)
        messages.success(request, _("The unit is withheld."))
    return go_to(request, reverse("customers:unit-detail", args=[unit.pk]))
