"""One case: what the score says, what was tried, the plan, the tools."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.winback import choices
from analytics.winback.forms import CallForm, PlanForm
from analytics.winback.models import WinbackCase
from analytics.winback.pages import SAVED, case_form, context_of, get_case
from analytics.winback.policies import plans_at, rules_at
from analytics.winback.querysets import VIEW, WORK
from analytics.winback.rules.words import CAUSES
from analytics.winback.services.calling import task_of
from analytics.winback.services.planning import plan_case, proposed_for, spent_on
from analytics.winback.services.recording import record_call
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.common.refusals import RefusedError
from crm_site.outbox.quiet import quiet_until
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.contact_policies import RULES, ContactRules
from customers.selectors.channels import suggested_channel
from customers.services.consents import opted_out
from customers.services.contact_stop import refuses_contact

CENT: Final = Decimal("0.01")


@require_safe
@permission_required(VIEW, raise_exception=True)
def winback_case(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Show a case: the warning and its reasons, callbacks, plan, tools with their cost, result."""
    case, user, now = get_case(request, churn_case_id), current_user(request), timezone.now()
    works = user.has_perm(WORK)
    context = {
        "case": case,
        "alert": case.alert,
        "now": now,
        "blocks": blocks_of(case),
        "calls": list(case.calls.select_related("by").order_by("-at", "-pk")),
        "task": task_of(case) if case.is_open else None,
        "events": list(case.alert.events.order_by("at", "pk")),
        "tools": list(case.tools.order_by("at", "pk")),
        "upgrades": list(case.upgrades.select_related("adviser").order_by("-starts_at", "-pk")),
        "offers": list(
            case.offers.select_related(
                "discount__unit__building", "discount__price", "by"
            ).order_by("-at", "-pk")
        ),
        "entries": list(
            case.entries.select_related("actor", "reversal", "account__user").order_by("-pk")
        ),
        "spent": spent_on(case),
        "contact": contact_of(case, now=now) if case.is_open else None,
        "may_work": works and case.is_open,
        "may_rate": works,
        "may_sell": works and case.is_open and user.has_perm("customers.sell_unit"),
        "may_take_back": user.has_perm("analytics.direct_winback"),
        "judge_days": rules_at(now).judge_days,
    }
    return render(request, "analytics/winback/case.html", context)


def blocks_of(case: WinbackCase) -> list[tuple[Any, float]]:
    """Return the business blocks that speak for leaving, the strongest first."""
    words = dict(choices.CAUSES)
    shares = sorted(case.alert.blocks.items(), key=lambda pair: -pair[1])
    return [(words.get(name, name), share) for name, share in shares if share > 0]


def contact_of(case: WinbackCase, *, now: datetime) -> dict[str, Any]:
    """Return what to mind when speaking to the customer: wish, refusals, quiet hours."""
    quiet: ContactRules = in_force(RULES, at=now).value
    words = dict(choices.CALL_CHANNELS)
    return {
        "suggested": suggested_channel(case.customer, now=now),
        "channel": words.get(case.channel, ""),
        "refused": [
            words[one.value] for one in sorted(opted_out(case.customer_id)) if one.value in words
        ],
        "refuses": refuses_contact(case.customer_id),
        "quiet_until": quiet_until(
            timezone.localtime(now),
            starts=time(quiet.quiet_from),
            ends=time(quiet.quiet_until),
        ),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_call(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Write a callback down: its three parts and the outcome, or that nobody was reached."""
    case, user, now = get_case(request, churn_case_id), current_user(request), timezone.now()
    initial = {"turn": case.turn, "channel": case.channel or "phone", "reached": "yes"}

    def run(valid: CallForm) -> None:
        record_call(
            case=case,
            called=valid.called(),
            turn=valid.cleaned_data["turn"],
            actor=user,
            now=timezone.now(),
        )

    return case_form(
        request,
        case=case,
        form=CallForm(request.POST or None, initial=initial),
        title=_("Write the callback down"),
        run=run,
        submit=_("Save the callback"),
        template="analytics/winback/call.html",
        context={
            "contact": contact_of(case, now=now),
            "task": task_of(case) if case.is_open else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_plan(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Write the plan of a case, from the template of its cause (CUS-104)."""
    case, user, now = get_case(request, churn_case_id), current_user(request), timezone.now()
    asked = request.GET.get("cause", "")
    cause = asked if asked in CAUSES else case.cause

    def form(data: Any) -> PlanForm:
        return PlanForm(data, instance=WinbackCase.objects.get(pk=case.pk))

    def save(valid: PlanForm) -> str:
        try:
            plan_case(case=case, given=valid.planned(), actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, SAVED)
        return case.get_absolute_url()

    context = context_of(case, _("Plan of win-back")) | {
        "causes": choices.CAUSES,
        "cause": cause,
        "limit": plans_at(now).limit,
    }
    return edit_page(
        request,
        edit=edit_of(case, user, "plan"),
        form=form,
        template="analytics/winback/plan.html",
        save=save,
        context=context,
        proposal=_proposal(case, cause, asked=bool(asked), now=now),
    )


def _proposal(case: WinbackCase, cause: str, *, asked: bool, now: datetime) -> PlanForm | None:
    """Return the form filled from the template of a cause; None keeps the plan that stands."""
    if case.plan_state != "none" and not asked:
        return None
    found = proposed_for(cause, now=now)
    if found is None:
        return None
    initial = {
        "cause": cause,
        "offer": found.offer,
        "actions": "\n".join(found.actions),
        "ceiling": found.ceiling.quantize(CENT),  # as it is stored, or two drafts would differ
    }
    return PlanForm(initial=initial, instance=WinbackCase.objects.get(pk=case.pk))
