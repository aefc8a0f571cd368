"""The journey map with its scores, the rows behind them, and the touchpoints (SVC-62, SVC-63)."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.audit.services import record
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from service.experience import choices, nodes
from service.experience.filters import TouchpointFilter
from service.experience.forms import TouchpointForm
from service.experience.models import Touchpoint
from service.experience.rules import Node, NodeScore, tone_of, weakest, without_touchpoint
from service.repairs.pages import FORM, Sheet, found_or_404, run_form, saver

VIEW, KEEP = "service.view_journey", "service.keep_journey"
FORM_METHODS = ["GET", "HEAD", "POST"]
PERIOD = timedelta(days=90)
TOUCHPOINTS = Listing(
    template="service/experience/touchpoints.html",
    sorts={"name": ("name", "id")},
    default_sort="name",
    filter_class=TouchpointFilter,
)
ROWS = Listing(
    template="service/experience/journey_rows.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


def _window(user: User) -> nodes.Window:
    now = timezone.now()
    return nodes.Window(now - PERIOD, now, user)


@require_safe
@permission_required(VIEW, raise_exception=True)
def journey(request: HtmxHttpRequest) -> HttpResponse:
    """Show the five nodes with their scores of 90 days, the three weakest, and the touchpoints."""
    user = current_user(request)
    scores = nodes.node_scores(_window(user))
    low = weakest(scores)
    points = list(Touchpoint.objects.filter(is_active=True).select_related("owner"))
    context = {
        "nodes": [_node_line(score, points) for score in scores],
        "weakest": [_node_line(score, points) for score in low],
        "low": [score.node for score in low],
        "phases": choices.PHASES,
        "days": PERIOD.days,
        "missing": _missing(),
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "service/experience/journey.html", context)


def _node_line(score: NodeScore, points: list[Touchpoint]) -> dict[str, Any]:
    own = [point for point in points if point.node == score.node]
    return {
        "score": score,
        "label": dict(choices.NODES)[score.node.value],
        "tone": tone_of(score.score),
        "measures": [
            (source.label, one)
            for one in score.measures
            if (source := nodes.source_of(one.source)) is not None
        ],
        "phases": [
            (word, [point for point in own if point.phase == phase])
            for phase, word in choices.PHASES
        ],
    }


def _missing() -> list[Any]:
    rows = Touchpoint.objects.filter(is_active=True).order_by().values_list("department")
    words = dict(choices.DEPARTMENTS)
    counts = dict(rows.annotate(number=Count("pk")))
    return [words[one.value] for one in without_touchpoint(counts)]


@require_safe
@permission_required(VIEW, raise_exception=True)
def journey_rows(request: HtmxHttpRequest) -> HttpResponse:
    """List the rows that lower the score of a node in one source."""
    source = nodes.source_of(request.GET.get("source", ""))
    node = request.GET.get("node", "")
    if source is None or source.rows is None or source.line is None or node not in set(Node):
        raise Http404
    rows = source.rows(_window(current_user(request)), Node(node))
    line = source.line
    context = {
        "title": source.label,
        "node": dict(choices.NODES)[node],
        "total": rows.count(),
    }
    return list_page(
        request,
        queryset=rows,
        listing=ROWS,
        present=lambda found: [line(row) for row in found],
        context=context,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def touchpoint_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the touchpoints of every department and which department has none."""
    user = current_user(request)
    context = {"missing": _missing(), "may_keep": user.has_perm(KEEP)}
    rows = Touchpoint.objects.select_related("owner")
    return list_page(request, queryset=rows, listing=TOUCHPOINTS, context=context)


def _sheet(title: Any) -> Sheet:
    return Sheet(
        title=title,
        up=(_("Touchpoints"), reverse("service:touchpoint-list")),
        submit=_("Save"),
        done=_("The touchpoint is saved."),
    )


def _save(valid: Any, user: User) -> None:
    now = timezone.now()
    with transaction.atomic():
        point = valid.save()
        record(
            kind="touchpoint.saved",
            actor=user,
            subject=("touchpoint", point.pk),
            facts={"department": point.department, "node": point.node},
            now=now,
        )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def touchpoint_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter a touchpoint."""
    user = current_user(request)
    form = TouchpointForm(request.POST or None, user=user, initial={"owner": user.pk})
    sheet = _sheet(_("Add a touchpoint"))
    return run_form(request, form=form, sheet=sheet, run=lambda valid: _save(valid, user))


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def touchpoint_edit(request: HtmxHttpRequest, touchpoint_id: int) -> HttpResponse:
    """Change a touchpoint, its pain and what is done about it."""
    user = current_user(request)
    point = found_or_404(Touchpoint.objects.all(), touchpoint_id)
    sheet = _sheet(point.name)
    return edit_page(
        request,
        edit=edit_of(point, user),
        form=lambda data: TouchpointForm(
            data, user=user, instance=found_or_404(Touchpoint.objects.all(), touchpoint_id)
        ),
        template=FORM,
        save=saver(request, sheet, lambda valid: _save(valid, user)),
        context=sheet.context(),
    )
