"""The programme: steps and projects with what is due, the items behind each figure, callbacks."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.audit.services import record
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.registers.models import RegisterEntry
from crm_site.staff.current import current_user
from service.care import selectors
from service.care.filters import ItemFilter, projects_of
from service.care.forms import ActionForm, StepForm
from service.care.forms_of_record import INSPECTION, ITEM
from service.care.models import CareAction, CareItem
from service.care.pages import EDIT, PLAN, VIEW, act, found_in, service_form, to
from service.care.registers import FINDINGS
from service.care.rules import HANDED_OVER, REGULAR, SIGNED
from service.care.services import items
from service.care.services.starting import ensure_programme

ITEMS = Listing(
    template="service/care/items.html",
    sorts={"due": ("due_at", "id"), "latest": ("-due_at", "-id")},
    default_sort="latest",
    filter_class=ItemFilter,
)
CALLS = (SIGNED, HANDED_OVER, REGULAR)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_programme(request: HtmxHttpRequest) -> HttpResponse:
    """Show the steps with what is due, overdue and done, over all projects or for one."""
    user, key = current_user(request), request.GET.get("project", "")
    ensure_programme()
    offered = list(projects_of(request))
    chosen = next((one for one in offered if str(one.pk) == key), None)
    steps, projects = selectors.programme(user, project=chosen, now=timezone.now())
    context = {
        "steps": steps,
        "projects": [(line, line.cells(steps)) for line in projects],
        "offered": offered,
        "chosen": chosen,
        "may_edit": user.has_perm(EDIT),
    }
    return render(request, "service/care/programme.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_items(request: HtmxHttpRequest) -> HttpResponse:
    """Show what is due for whom, with the customers behind each figure of the programme."""
    rows = CareItem.objects.visible_to(current_user(request)).with_state(timezone.now())
    rows = rows.select_related("action__step", "project", "customer", "purchase__unit__building")
    return list_page(request, queryset=rows, listing=ITEMS)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_item(request: HtmxHttpRequest, care_item_id: int) -> HttpResponse:
    """Show one thing of the programme: its task, its record form, what an inspection found."""
    item, user = _item(request, care_item_id), current_user(request)
    shown = CareItem.objects.with_state(timezone.now()).get(pk=item.pk)
    findings = RegisterEntry.objects.of(FINDINGS).about(ITEM, item.pk).order_by("-pk")
    is_inspection = item.action.form == INSPECTION
    context = {
        "item": item,
        "state": shown.state,
        "due": shown.due,
        "task": items.task_of(item),
        "sheets": items.sheets_of(item),
        "findings": findings if is_inspection else [],
        "open_findings": findings.filter(state="open").count() if is_inspection else 0,
        "is_inspection": is_inspection,
        "may_work": user.has_perm(PLAN) and shown.state in ("due", "overdue"),
        "may_note": user.has_perm(PLAN),
        "me": user,
    }
    return render(request, "service/care/item.html", context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_item_record(request: HtmxHttpRequest, care_item_id: int) -> HttpResponse:
    """Begin the record form, or go on with one's draft."""
    item = _item(request, care_item_id)
    sheet = items.begin_record(item=item, actor=current_user(request), now=timezone.now())

    return go_to(request, reverse("questionnaires:sheet-fill", args=[sheet.pk]))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_item_done(request: HtmxHttpRequest, care_item_id: int) -> HttpResponse:
    """Finish it with what came of it."""
    item = _item(request, care_item_id)
    return act(
        request,
        lambda: items.finish_item(
            item=item,
            outcome=request.POST.get("outcome", ""),
            actor=current_user(request),
            now=timezone.now(),
        ),
        back=to("care-item", item.pk),
        done=_("Done."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def care_step_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a step to the programme."""
    form = StepForm(request.POST or None)
    return _saved(request, form, _("Add a step"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def care_action_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add an action to a step: a playbook does it, and it works without any further code."""
    action = CareAction(key=f"own-{slugify(timezone.now().isoformat())[:30]}")
    form = ActionForm(request.POST or None, instance=action)
    return _saved(request, form, _("Add an action"))


def _saved(request: HtmxHttpRequest, form: Any, title: str) -> HttpResponse:
    def run(valid: Any) -> None:
        row = valid.save()
        record(
            kind="care.step_saved",
            actor=current_user(request),
            subject=("care-step", getattr(row, "step_id", row.pk)),
            facts={"id": row.pk},
            now=timezone.now(),
        )

    home = to("care-programme")
    return service_form(
        request, form=form, title=title, crumb=(home, _("Eight-step care")), back=home, run=run
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_callbacks(request: HtmxHttpRequest) -> HttpResponse:
    """Show the coverage of each callback, and of the regular ones by grade."""
    user, now = current_user(request), timezone.now()
    ensure_programme()
    steps, _projects = selectors.programme(user, project=None, now=now)
    lines = [line for step in steps for line in step.actions if line.action.playbook_id]
    regular = CareAction.objects.filter(playbook__trigger=REGULAR).first()
    context = {
        "lines": lines,
        "regular": regular,
        "grades": selectors.by_grade(user, regular, now=now) if regular else [],
    }
    return render(request, "service/care/callbacks.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_report(request: HtmxHttpRequest, care_action_id: int) -> HttpResponse:
    """Show the report of a callback, made from its record forms."""
    user, now = current_user(request), timezone.now()
    action = get_object_or_404(CareAction, pk=care_action_id, playbook__isnull=False)
    number, lines = selectors.report(user, action)
    grades = selectors.by_grade(user, action, now=now)
    counts = selectors.Counts()
    for _grade, each in grades:
        for state in ("due", "overdue", "done", "dropped"):
            counts.add(state, getattr(each, state))
    findings = RegisterEntry.objects.of(FINDINGS).filter(state="open", subject_kind=ITEM)
    own = CareItem.objects.visible_to(user).filter(action=action)
    context = {
        "action": action,
        "sheets": number,
        "lines": lines,
        "counts": counts,
        "is_inspection": action.form == INSPECTION,
        "open_findings": findings.filter(subject_id__in=own.values("pk")).count()
        if action.form == INSPECTION
        else 0,
    }
    return render(request, "service/care/report.html", context)


def _item(request: HtmxHttpRequest, pk: int) -> CareItem:
    found: CareItem = found_in(
        CareItem.objects,
        request,
        pk,
        "action__step",
        "project",
        "customer",
        "purchase__unit__building",
    )
    return found
