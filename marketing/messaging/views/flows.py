"""Flows: the list, writing one, its steps and people, switching on and off."""

from typing import Final

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.messaging.filters import FlowFilter, RunFilter
from marketing.messaging.forms import FlowForm, StepForm
from marketing.messaging.models import Flow, FlowRun
from marketing.messaging.pages import done, get_seen, simple_form
from marketing.messaging.querysets import LAUNCH, VIEW, WRITE
from marketing.messaging.services import flows as services
from marketing.messaging.services.starting import starts_of

FLOWS: Final = Listing(
    template="marketing/messaging/flows.html",
    sorts={"latest": ("-created_at", "-id")},
    default_sort="latest",
    filter_class=FlowFilter,
)
RUNS: Final = Listing(
    template="marketing/messaging/runs.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=RunFilter,
)
SHOWN: Final = 20


@require_safe
@permission_required(VIEW, raise_exception=True)
def flows(request: HtmxHttpRequest) -> HttpResponse:
    """Show the flows with how many are on their way (MKT-38)."""
    user = current_user(request)
    rows = Flow.objects.visible_to(user).select_related("project")
    counted = rows.annotate(
        under_way=Count("runs", filter=Q(runs__state="running")), begun=Count("runs")
    )
    context = {"may_write": user.has_perm(WRITE)}
    return list_page(request, queryset=counted, listing=FLOWS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def flow_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a flow; its steps follow on its page."""
    user = current_user(request)
    return simple_form(
        request,
        form=FlowForm(request.POST or None, user=user),
        run=lambda valid: services.write_flow(draft=valid.draft(), actor=user, now=timezone.now()),
        context={"title": _("New flow"), "cancel_url": reverse("marketing:flows")},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def flow(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Show a flow: its steps, who would begin it now, how many got how far."""
    row, user = get_seen(request, Flow.objects, message_flow_id), current_user(request)
    starts = starts_of(row, now=timezone.now()) if row.state != "off" else []
    ids = [one.customer_id for one in starts]
    seen = Customer.objects.visible_to(user).filter(pk__in=ids[:1000]).values_list("pk", flat=True)
    names = set(seen)
    endings = row.runs.exclude(ending="").values_list("ending").annotate(n=Count("pk"))
    context = {
        "flow": row,
        "steps": list(row.steps.select_related("template")),
        "starting": len(starts),
        "starters": [one for one in starts if one.customer_id in names][:SHOWN],
        "under_way": row.runs.filter(state="running").count(),
        "endings": [
            (dict(FlowRun._meta.get_field("ending").flatchoices).get(key, key), key, n)
            for key, n in endings.order_by("-n")
        ],
        "may_write": row.state == "draft" and user.has_perm(WRITE),
        "may_switch": user.has_perm(LAUNCH),
    }
    return render(request, "marketing/messaging/flow.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def flow_runs(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Show who is on the way through a flow, of the customers one may see."""
    row, user = get_seen(request, Flow.objects, message_flow_id), current_user(request)
    seen = Customer.objects.visible_to(user).order_by()
    rows = FlowRun.objects.filter(flow=row, customer__in=seen.values("pk"))
    return list_page(
        request,
        queryset=rows.select_related("customer"),
        listing=RUNS,
        context={"flow": row},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def flow_step_add(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Append a step to a draft."""
    row: Flow = get_seen(request, Flow.objects, message_flow_id)
    user = current_user(request)

    def run(valid: StepForm) -> Flow:
        services.add_step(flow=row, step=valid.draft(), now=timezone.now())
        return row

    return simple_form(
        request,
        form=StepForm(request.POST or None, user=user),
        run=run,
        context={"title": _("New step"), "cancel_url": row.get_absolute_url()},
    )


@require_POST
@permission_required(WRITE, raise_exception=True)
@idempotent()
def flow_step_drop(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Remove the last step of a draft."""
    row = get_seen(request, Flow.objects, message_flow_id)
    services.drop_step(flow=row, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The step is removed."))


@require_POST
@permission_required(LAUNCH, raise_exception=True)
@idempotent()
def flow_on(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Switch a flow on: what happens from now on begins it."""
    row, user = get_seen(request, Flow.objects, message_flow_id), current_user(request)
    services.switch_on(flow=row, actor=user, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The flow runs."))


@require_POST
@permission_required(LAUNCH, raise_exception=True)
@idempotent()
def flow_off(request: HtmxHttpRequest, message_flow_id: int) -> HttpResponse:
    """Switch a flow off: everybody on the way stops."""
    row, user = get_seen(request, Flow.objects, message_flow_id), current_user(request)
    services.switch_off(flow=row, actor=user, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The flow is switched off."))
