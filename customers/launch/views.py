"""The pages of a launch's checks and of its team."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.questionnaires.querysets import FILL
from crm_site.questionnaires.services import ensure_default
from crm_site.registers.selectors import lines
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.launch.briefing import assign_seller, hold_briefing, release_seller, standings
from customers.launch.findings import CHECK, OPEN_REGISTER, entries_about
from customers.launch.forms import BriefingForm
from customers.launch.models import TechnicalBriefing
from customers.launch.planning import CHECKS, due_of, sheets_of, task_of
from customers.launch.policies import LAUNCHES
from customers.launch.sheets import BRIEFING_TEST
from customers.models import Project
from customers.property.project_views import FORM, get_project
from customers.property.views import VIEW

PREPARE = "customers.prepare_launch"
CHECK_PAGE, TEAM_PAGE = "customers/launch/check.html", "customers/launch/team.html"
LATEST = 20


@require_safe
@permission_required(VIEW, raise_exception=True)
def launch_check(request: HtmxHttpRequest, project_id: int, check: str) -> HttpResponse:
    """Show a check before the launch: its task, the finished forms, what it found and replies."""
    project, user, now = get_project(request, project_id), current_user(request), timezone.now()
    found = CHECKS[check]
    ensure_default(found.sheet)
    context = {
        "project": project,
        "check": found,
        "due": due_of(project, found, now=now),
        "task": task_of(project, found),
        "sheets": sheets_of(project, found).select_related("author", "version")[:LATEST],
        "rows": lines(entries_about(project, found.register), user=user, now=now),
        "may_fill": user.has_perm(FILL) and user.has_perm(CHECK),
        "may_add": user.has_perm(CHECK),
        "may_open": user.has_perm(OPEN_REGISTER),
    }
    return render_page(request, CHECK_PAGE, context, partial="check")


@require_safe
@permission_required(VIEW, raise_exception=True)
def launch_team(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show who sells at the launch, who passed the briefing, and the briefings held."""
    project, user, now = get_project(request, project_id), current_user(request), timezone.now()
    ensure_default(BRIEFING_TEST)
    people = standings(project, now=now)
    briefings = TechnicalBriefing.objects.filter(project=project).select_related("author")
    context = {
        "project": project,
        "people": people,
        "pass_mark": in_force(LAUNCHES, at=now).value.pass_mark,
        "briefings": briefings.prefetch_related("attendances__person").order_by("-held_on", "-pk"),
        "is_consultant": user.role == "consultant",
        "may_prepare": user.has_perm(PREPARE),
        "test": BRIEFING_TEST,
    }
    return render_page(request, TEAM_PAGE, context, partial="team")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PREPARE, raise_exception=True)
@idempotent()
def briefing_add(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Write down a technical briefing that was held."""
    project, user = get_project(request, project_id), current_user(request)
    people = consultants_in(project.node).order_by("name", "pk")
    row = TechnicalBriefing(project=project, author=user)
    form = BriefingForm(request.POST or None, instance=row, people=people)

    def save(valid: BriefingForm) -> str:
        present = valid.cleaned_data["people"]
        briefing = valid.save(commit=False)
        try:
            hold_briefing(briefing=briefing, people=present, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The briefing is on file."))
        return _team(project)

    context = {
        "project": project,
        "title": _("Technical briefing"),
        "cancel_url": _team(project),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(PREPARE, raise_exception=True)
@idempotent()
def seller_assign(request: HtmxHttpRequest, project_id: int, user_id: int) -> HttpResponse:
    """Let a consultant sell at the launch; refused (409) without a passed briefing."""
    given = _given(request, project_id, user_id)
    assign_seller(**given)
    messages.success(request, _("%(name)s sells at the launch.") % {"name": given["person"].name})
    return go_to(request, _team(given["project"]))


@require_POST
@permission_required(PREPARE, raise_exception=True)
@idempotent()
def seller_release(request: HtmxHttpRequest, project_id: int, user_id: int) -> HttpResponse:
    """Take a consultant off the launch."""
    given = _given(request, project_id, user_id)
    release_seller(**given)
    messages.success(request, _("%(name)s is off the launch.") % {"name": given["person"].name})
    return go_to(request, _team(given["project"]))


def _given(request: HtmxHttpRequest, project_id: int, user_id: int) -> dict[str, Any]:
    project = get_project(request, project_id)
    person: User | None = consultants_in(project.node).filter(pk=user_id).first()
    if person is None:
        raise Http404
    return {
        "project": project,
        "person": person,
        "actor": current_user(request),
        "now": timezone.now(),
    }


def _team(project: Project) -> str:
    return reverse("customers:launch-team", args=[project.pk])
