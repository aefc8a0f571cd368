"""Playbooks: the list, the editor, and the runs on a customer's record (CUS-24)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.audit.services import record
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.care_forms import CancelForm, PlaybookForm, StartForm, StepFormSet
from customers.models import Customer, Playbook, PlaybookRun
from customers.playbook_messages import fault_text
from customers.record_tabs import render_tab
from customers.rules.playbooks import StepsError
from customers.selectors.care import care_of
from customers.services.playbook_templates import ensure_some, save_playbook
from customers.services.playbooks import start_playbook, stop_run
from customers.views.customer_record import get_customer

EDIT = "customers.edit_playbooks"
WORK = "customers.work_tasks"


@require_safe
@permission_required(EDIT, raise_exception=True)
def playbook_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show every playbook with its trigger and how many customers it is at work for."""
    ensure_some()
    running = Count("runs", filter=Q(runs__ended_at__isnull=True))
    playbooks = Playbook.objects.annotate(running=running).order_by("trigger", "key")
    return render(request, "customers/playbook_list.html", {"playbooks": playbooks})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def playbook_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a new playbook; it works without any further code."""
    return _editor(request, Playbook(), title=_("New playbook"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def playbook_edit(request: HtmxHttpRequest, playbook_id: int) -> HttpResponse:
    """Change a playbook as a new version; runs under way keep the steps they have."""
    playbook = get_object_or_404(Playbook, pk=playbook_id)
    return _editor(request, playbook, title=playbook.name)


def _editor(request: HtmxHttpRequest, playbook: Playbook, *, title: str) -> HttpResponse:
    posted = request.POST or None
    initial = {"version": playbook.version if playbook.pk else 0}
    form = PlaybookForm(
        posted, instance=Playbook.objects.filter(pk=playbook.pk).first(), initial=initial
    )
    lines: Any = StepFormSet(posted, initial=playbook.steps, prefix="step")
    if posted is not None and form.is_valid() and lines.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "trigger", "is_active")}
        try:
            save_playbook(
                playbook=playbook,
                values=values,
                steps=lines.steps(),
                version=form.cleaned_data["version"] or 0 if playbook.pk else 0,
                actor=current_user(request),
                now=timezone.now(),
            )
        except StepsError as error:
            for number, fault in error.faults:
                form.add_error(None, fault_text(number, fault))
        else:
            messages.success(request, _("The playbook is saved."))
            return go_to(request, reverse("customers:playbook-list"))
    context = {"form": form, "lines": lines, "title": title, "playbook": playbook}
    status = 422 if posted is not None else 200
    return render(request, "customers/playbook_form.html", context, status=status)


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def customer_plans(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what is planned for the customer: service package, playbooks, visits, upkeep."""
    return _tab(request, get_customer(request, customer_id))


def _tab(
    request: HtmxHttpRequest, customer: Customer, *, status: int = 200, **more: Any
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    context = {
        "care": care_of(customer, now=now),
        "now": now,
        "may_start": user.has_perm(WORK),
        "may_plan": user.has_perm("customers.plan_meetings"),
        "start_form": more.get("start_form") or StartForm(auto_id="start_%s"),
        "stop_form": more.get("stop_form") or CancelForm(auto_id="stop_%s"),
    }
    return render_tab(
        request,
        customer,
        key="plans",
        template="customers/tabs/plans.html",
        context=context,
        status=status,
    )


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def playbook_start(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Start a playbook for the customer by hand."""
    customer = get_customer(request, customer_id)
    form = StartForm(request.POST, auto_id="start_%s")
    if not form.is_valid():
        return _tab(request, customer, status=422, start_form=form)
    user, now = current_user(request), timezone.now()
    run = start_playbook(
        playbook=form.cleaned_data["playbook"],
        customer=customer,
        lead=None,
        occurrence=f"manual:{user.pk}:{now.isoformat()}",
        actor=user,
        now=now,
    )
    record(
        kind="playbook.started",
        actor=user,
        subject=("customer", customer.pk),
        facts={"run": run.pk},
        now=now,
    )
    messages.success(request, _("The playbook is started."))
    return go_to(request, reverse("customers:plans", args=[customer.pk]))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def run_stop(request: HtmxHttpRequest, run_id: int) -> HttpResponse:
    """Stop a playbook at work, with a reason; its open tasks are withdrawn."""
    run = PlaybookRun.objects.select_related("playbook").filter(pk=run_id).first()
    if run is None:
        raise Http404
    customer = get_customer(request, run.customer_id)
    form = CancelForm(request.POST, auto_id="stop_%s")
    if not form.is_valid():
        return _tab(request, customer, status=422, stop_form=form)
    stop_run(
        run=run,
        reason=form.cleaned_data["reason"],
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The playbook is stopped, its open tasks are withdrawn."))
    return go_to(request, reverse("customers:plans", args=[customer.pk]))
