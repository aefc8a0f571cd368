"""Advice with its evidence and what came of it, and plans of a budget (ANA-54, ANA-55)."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.dashboards.charts import Chart, Series
from analytics.pages import found_in
from analytics.value import choices
from analytics.value.errors import DecidedError, PlanError
from analytics.value.filters import AdviceFilter
from analytics.value.forms import BudgetForm, ChannelForm, OutcomeForm
from analytics.value.models import DECIDE, VIEW, AdviceCard, MixPlan
from analytics.value.pages import act, service_form, to
from analytics.value.selectors.cards import told
from analytics.value.services import advising, budgeting
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user

CARDS = Listing(
    template="analytics/value/advice.html",
    sorts={"latest": ("-made_at", "-id")},
    default_sort="latest",
    filter_class=AdviceFilter,
)
PLANS = Listing(
    template="analytics/value/plans.html",
    sorts={"latest": ("-created_at", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_advice(request: HtmxHttpRequest) -> HttpResponse:
    """Show advice, the newest first; what is open unless another state is asked for."""
    rows = AdviceCard.objects.visible_to(current_user(request)).select_related("project")
    if not request.GET.get("state"):
        rows = rows.filter(state=choices.OPEN)
    return list_page(request, queryset=rows, listing=CARDS, present=_told)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_advice_card(request: HtmxHttpRequest, advice_card_id: int) -> HttpResponse:
    """Show one card: what is advised, the figures it rests on, the decision, what came of it."""
    user = current_user(request)
    card = found_in(AdviceCard.objects, request, advice_card_id, "project", "decided_by")
    context = {
        "card": card,
        "told": told(card, user),
        "may_decide": user.has_perm(DECIDE) and card.state == choices.OPEN,
        "may_note": user.has_perm(DECIDE) and card.state == choices.ACCEPTED,
        "outcome_form": OutcomeForm(initial={"outcome": card.outcome}),
    }
    return render(request, "analytics/value/card.html", context)


@require_POST
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_advice_decide(request: HtmxHttpRequest, advice_card_id: int) -> HttpResponse:
    """Accept a card, or reject it with a reason."""
    card = found_in(AdviceCard.objects, request, advice_card_id)
    state = request.POST.get("state", "")
    if state not in (choices.ACCEPTED, choices.REJECTED):
        raise DecidedError(_("Say whether the advice is accepted or rejected."))
    return act(
        request,
        lambda: advising.decide_card(
            card_id=card.pk,
            state=state,
            reason=request.POST.get("reason", "")[:300],
            actor=current_user(request),
            now=timezone.now(),
        ),
        back=card.get_absolute_url(),
        done=_("Decided."),
    )


@require_POST
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_advice_outcome(request: HtmxHttpRequest, advice_card_id: int) -> HttpResponse:
    """Write what came of an accepted card."""
    card = found_in(AdviceCard.objects, request, advice_card_id)
    return service_form(
        request,
        form=OutcomeForm(request.POST),
        title=_("What came of it"),
        crumb=(card.get_absolute_url(), card),
        run=lambda valid: advising.note_outcome(
            card_id=card.pk,
            outcome=valid.cleaned_data["outcome"],
            actor=current_user(request),
            now=timezone.now(),
        ),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_mix(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans of budgets."""
    user = current_user(request)
    rows = MixPlan.objects.visible_to(user).select_related("project", "made_by", "card")
    context = {"may_plan": user.has_perm(DECIDE)}
    return list_page(request, queryset=rows, listing=PLANS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_mix_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin a plan."""
    user = current_user(request)

    def run(valid: BudgetForm) -> str:
        plan = budgeting.make_plan(**valid.cleaned_data, actor=user, now=timezone.now())
        return plan.get_absolute_url()

    return service_form(
        request,
        form=BudgetForm(request.POST or None, user=user),
        title=_("Split a budget"),
        crumb=(to("value-mix"), _("Budgets")),
        lead=_("Then add each channel with what was spent and what it answered."),
        run=run,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_mix_plan(request: HtmxHttpRequest, mix_plan_id: int) -> HttpResponse:
    """Show a plan: its channels, the best split, what it brings against the split as it was."""
    plan = found_in(MixPlan.objects, request, mix_plan_id, "project", "made_by", "card")
    may_plan = current_user(request).has_perm(DECIDE) and plan.card_id is None
    proposal, refusal = None, ""
    try:
        proposal = budgeting.propose(plan)
    except PlanError as error:
        refusal = str(error)
    context = {
        "plan": plan,
        "lines": list(plan.lines.order_by("pk")),
        "proposal": proposal,
        "refusal": refusal,
        "chart": _chart(proposal) if proposal else None,
        "may_plan": may_plan,
        "usual_bend": budgeting.USUAL_BEND,
    }
    return render(request, "analytics/value/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_mix_channel(request: HtmxHttpRequest, mix_plan_id: int) -> HttpResponse:
    """Add a channel to a plan."""
    plan = found_in(MixPlan.objects, request, mix_plan_id)
    initial = {"low": Decimal(0)}
    return service_form(
        request,
        form=ChannelForm(request.POST or None, initial=initial),
        title=_("Add a channel"),
        crumb=(plan.get_absolute_url(), plan),
        lead=_("With the figures of the time before, how the answer bends is measured, not taken."),
        run=lambda valid: budgeting.add_channel(plan=plan, values=valid.cleaned_data),
    )


@require_POST
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_mix_remove(request: HtmxHttpRequest, mix_plan_id: int, mix_line_id: int) -> HttpResponse:
    """Take a channel out of a plan."""
    plan = found_in(MixPlan.objects, request, mix_plan_id)
    if not plan.lines.filter(pk=mix_line_id).exists():
        raise Http404
    return act(
        request,
        lambda: budgeting.remove_channel(plan=plan, line_id=mix_line_id),
        back=plan.get_absolute_url(),
        done=_("Removed."),
    )


@require_POST
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_mix_hand_in(request: HtmxHttpRequest, mix_plan_id: int) -> HttpResponse:
    """Hand a plan in as advice to be decided; its figures are frozen."""
    plan = found_in(MixPlan.objects, request, mix_plan_id)
    now = timezone.now()
    return act(
        request,
        lambda: budgeting.hand_in(plan=plan, actor=current_user(request), now=now),
        back=plan.get_absolute_url(),
        done=_("Handed in. It stands among the advice to be decided."),
    )


def _chart(proposal: Any) -> Chart:
    lines = proposal.lines
    return Chart(
        key="mix",
        kind="bar",
        title=_("Split of the budget"),
        categories=[each.line.channel for each in lines],
        heading=_("Channel"),
        series=[
            Series(_("Spent last"), [each.line.spent for each in lines], tone="before"),
            Series(pgettext("budget", "Suggested"), [each.spend for each in lines]),
        ],
        unit="yuan",
        digits=0,
        height="s",
    )


def _told(rows: list[AdviceCard]) -> list[dict[str, Any]]:
    return [{"card": row, "told": told(row)} for row in rows]
