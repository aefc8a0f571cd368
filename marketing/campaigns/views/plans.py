"""The marketing plans of projects, step by step (MKT-06)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from marketing.campaigns import choices
from marketing.campaigns.models import PlanningCase
from marketing.campaigns.money_forms import BriefForm, StepForm
from marketing.campaigns.querysets import KEEP, VIEW
from marketing.campaigns.rules.procedure import PlanningState, next_by_hand
from marketing.campaigns.selectors import approval_with
from marketing.campaigns.services.procedure import Brief, advance, open_case
from marketing.campaigns.views.common import FORM, found_or_404

CASES = Listing(
    template="marketing/campaigns/cases.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def planning_cases(request: HtmxHttpRequest) -> HttpResponse:
    """Show the marketing plans of projects."""
    user = current_user(request)
    rows = PlanningCase.objects.visible_to(user).select_related("project", "owner")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=CASES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def planning_case_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin the plan of a phase with its brief."""
    user = current_user(request)
    form = BriefForm(request.POST or None, user=user)

    def save(valid: BriefForm) -> str:
        made = open_case(brief=Brief(**valid.cleaned_data), actor=user, now=timezone.now())
        return made.get_absolute_url()

    context = {"title": _("New marketing plan"), "cancel_url": reverse("marketing:planning-cases")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def planning_case(request: HtmxHttpRequest, planning_case_id: int) -> HttpResponse:
    """Show a plan with its steps; a post takes it to the next one."""
    user = current_user(request)
    rows = PlanningCase.objects.visible_to(user).select_related("project", "owner")
    case: PlanningCase = found_or_404(rows, planning_case_id)
    target = next_by_hand(PlanningState(case.state))
    form = StepForm(request.POST if request.method == "POST" else None, state=case.state)

    def save(valid: StepForm) -> str:
        words = valid.cleaned_data.get("words", "")
        return advance(case=case, words=words, actor=user, now=timezone.now()).get_absolute_url()

    labels = dict(choices.PLANNING_STATES)
    context = {
        "case": case,
        "steps": choices.PLANNING_STATES,
        "events": case.events.select_related("actor").order_by("-pk"),
        "approval": approval_with(case.approval_id),
        "next_label": labels[target.value] if target else "",
        "may_work": target is not None and user.has_perm(KEEP),
    }
    template = "marketing/campaigns/case.html"
    return form_page(request, form=form, template=template, save=save, context=context)
