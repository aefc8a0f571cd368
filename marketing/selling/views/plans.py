"""Sales plans: list, page with actuals, writing, sharing out, approval, adjusting (MKT-53)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from marketing.selling.choices import FIGURES
from marketing.selling.filters import SalesPlanFilter
from marketing.selling.forms import PlanLinesForm, PlanReasonForm, SalesPlanForm
from marketing.selling.pages import change_form, done, found_in, short_form, working
from marketing.selling.plan_models import SalesPlan
from marketing.selling.querysets import KEEP, VIEW
from marketing.selling.rules.plans import PlanState
from marketing.selling.rules.spans import Grain
from marketing.selling.selectors import plans as selectors
from marketing.selling.services import plans as services

LIST = Listing(
    template="marketing/selling/plans.html",
    sorts={"latest": ("-starts_on", "-id"), "project": ("project__name", "-id")},
    default_sort="latest",
    filter_class=SalesPlanFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def sales_plans(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans of one's projects with what was reached of them."""
    user, now = current_user(request), timezone.now()
    rows = SalesPlan.objects.visible_to(user).exclude(state=PlanState.REPLACED)
    if "state" in request.GET:
        rows = SalesPlan.objects.visible_to(user)
    return list_page(
        request,
        queryset=rows.select_related("project"),
        listing=LIST,
        present=lambda page: selectors.with_actuals(page, now),
        context={"may_keep": user.has_perm(KEEP), "figures": FIGURES},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write the plan of a project for a span."""
    form = SalesPlanForm(request.POST or None, user=current_user(request))

    def run(data: dict[str, Any]) -> SalesPlan:
        draft = services.PlanDraft(
            project=data["project"],
            grain=Grain(data["grain"]),
            day=data["day"],
            figures=form.figures(),
        )
        return services.write_plan(draft=draft, **working(request))

    back = reverse("marketing:sales-plans")
    return short_form(request, form=form, run=run, title=_("New sales plan"), back=back)


@require_safe
@permission_required(VIEW, raise_exception=True)
def sales_plan(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Show a plan by consultant beside what was reached, and its versions."""
    plan, user = get_plan(request, sales_plan_id), current_user(request)
    versions = SalesPlan.objects.visible_to(user).filter(
        project=plan.project_id, grain=plan.grain, starts_on=plan.starts_on
    )
    table = selectors.table_of(plan, timezone.now())
    context = {
        "plan": plan,
        "table": table,
        "figures": FIGURES,
        "lacks": [(FIGURES[key], value) for key, value in table.lacks.items()],
        "versions": versions.select_related("created_by").order_by("-version"),
        "may_change": user.has_perm(KEEP) and plan.state == PlanState.DRAFT,
        "may_adjust": user.has_perm(KEEP) and plan.state == PlanState.APPROVED,
    }
    return render(request, "marketing/selling/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_edit(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Change the figures of a draft, of the project and of each consultant."""
    plan = get_plan(request, sales_plan_id)
    people = services.people_of(plan)

    def run(valid: PlanLinesForm) -> None:
        services.change_plan(
            plan=plan,
            figures=valid.figures(),
            lines=valid.lines(),
            reason=valid.cleaned_data["reason"],
            **working(request),
        )

    return change_form(
        request,
        row=plan,
        form=lambda data: PlanLinesForm(data, plan=plan, people=people),
        run=run,
        template="marketing/selling/plan_form.html",
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_share(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Share the figures out evenly."""
    plan = services.share_evenly(plan=get_plan(request, sales_plan_id), **working(request))
    return done(request, plan, _("The plan is shared out evenly."))


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_ask(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Ask for the signature of a draft."""
    plan = services.ask_approval(plan=get_plan(request, sales_plan_id), **working(request))
    return done(request, plan, _("The approval is asked for."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_adjust(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Begin the next version of a plan in force."""
    plan = get_plan(request, sales_plan_id)
    return short_form(
        request,
        form=PlanReasonForm(request.POST or None),
        run=lambda data: services.adjust(plan=plan, reason=data["reason"], **working(request)),
        title=_("Adjust the sales plan"),
        back=plan.get_absolute_url(),
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def sales_plan_discard(request: HtmxHttpRequest, sales_plan_id: int) -> HttpResponse:
    """Throw a draft away."""
    services.discard(plan=get_plan(request, sales_plan_id), **working(request))
    messages.success(request, _("The draft is discarded."))
    return go_to(request, reverse("marketing:sales-plans"))


def get_plan(request: HtmxHttpRequest, key: int) -> SalesPlan:
    """Return the plan; 404 where it is missing or of a project one does not see."""
    found: SalesPlan = found_in(SalesPlan.objects, request, key, "project__node", "approval")
    return found
