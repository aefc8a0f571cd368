"""The risk group of a project's first handover: formed, at work, done."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.handover.day_models import DeliveryRiskGroup
from customers.handover.forms import GroupForm
from customers.handover.services import groups
from customers.handover.views import PLAN, VIEW, as_form_error
from customers.models.project import Project
from customers.models.task import Task

GROUP, FORM = "customers/handover/group.html", "customers/handover/form.html"
ROLES = ("specialist", "service_manager", "engineering", "marketing", "executive", "supervisor")


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_group(request: HtmxHttpRequest, group_id: int) -> HttpResponse:
    """Show a risk group: its task, members, self-check and the risks it found."""
    group, user = _group(request, group_id), current_user(request)
    context = {
        "group": group,
        "task": Task.objects.filter(source=groups.SOURCE, source_id=str(group.pk))
        .select_related("owner")
        .first(),
        "members": group.members.order_by("pk"),
        "risks": groups.risks_of(group.project).visible_to(user).order_by("closed_at", "pk"),
        "may_plan": user.has_perm(PLAN),
        "may_work": user.has_perm("customers.hand_over_unit"),
    }
    return render_page(request, GROUP, context, partial="group")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_group_form(request: HtmxHttpRequest, group_id: int) -> HttpResponse:
    """Name the members and keep the result of the self-check."""
    group, user = _group(request, group_id), current_user(request)

    def form(data: object) -> GroupForm:
        stored = DeliveryRiskGroup.objects.get(pk=group.pk)
        initial = {"members": stored.members.all(), "self_check": stored.self_check}
        return GroupForm(data, people=_people(group.project), initial=initial)

    def save(valid: GroupForm) -> str:
        as_form_error(
            lambda: groups.form_group(
                group=group, actor=user, now=timezone.now(), **valid.cleaned_data
            )
        )
        messages.success(request, _("The group is saved."))
        return _url(group)

    context = {"title": _("Members and self-check"), "cancel_url": _url(group)}
    return edit_page(
        request, edit=edit_of(group, user), form=form, template=FORM, save=save, context=context
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_group_close(request: HtmxHttpRequest, group_id: int) -> HttpResponse:
    """End the work of the group once its risks are corrected."""
    group = _group(request, group_id)
    groups.close_group(group=group, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The work of the group has ended."))
    return go_to(request, _url(group))


def _group(request: HtmxHttpRequest, group_id: int) -> DeliveryRiskGroup:
    rows = DeliveryRiskGroup.objects.visible_to(current_user(request))
    group: DeliveryRiskGroup | None = (
        rows.select_related("project__node").filter(pk=group_id).first()
    )
    if group is None:
        raise Http404
    return group


def _people(project: Project) -> object:
    """Return who can be a member: who works for the project or above it, by name."""
    place = Q(node__project_id=project.pk) | Q(node_id=project.node.region_id)
    return User.objects.filter(place, is_active=True, role__in=ROLES).order_by("name", "pk")


def _url(group: DeliveryRiskGroup) -> str:
    return reverse("customers:delivery-group", args=[group.pk])
