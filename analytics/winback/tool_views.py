"""The tools of a case: price compensation, gifts, service upgrades."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analytics.winback import forms
from analytics.winback.models import ServiceUpgrade, WinbackCase
from analytics.winback.pages import SAVED, case_form, get_case
from analytics.winback.policies import plans_at
from analytics.winback.querysets import WORK
from analytics.winback.services import offering, rewarding, upgrading
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user

SELL = "customers.sell_unit"
DIRECT = "analytics.direct_winback"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@permission_required(SELL, raise_exception=True)
@idempotent()
def winback_price(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Ask for a discount for the customer of a case; its signers decide (CUS-105)."""
    case, user = get_case(request, churn_case_id), current_user(request)

    def run(valid: forms.PriceForm) -> None:
        offering.ask_discount(
            case=case,
            unit=valid.cleaned_data["unit"],
            wish=valid.wish(),
            actor=user,
            now=timezone.now(),
        )

    return case_form(
        request,
        case=case,
        form=forms.PriceForm(request.POST or None, case=case),
        title=_("Ask for a price compensation"),
        lead=_(
            "It is a discount like any other: its signers decide, the public price stays as it is,"
            " and nothing may be promised before."
        ),
        submit=_("Ask for it"),
        run=run,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_gift(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Write down a gift to the customer of a case (CUS-103)."""
    case, user = get_case(request, churn_case_id), current_user(request)
    key = request.POST.get("idempotency_key") or timezone.now().isoformat()

    def run(valid: forms.GiftForm) -> None:
        rewarding.give(
            case=case,
            amount=valid.cleaned_data["amount"],
            what=valid.cleaned_data["what"],
            key=f"{user.pk}:{key}",
            actor=user,
            now=timezone.now(),
        )

    return case_form(
        request,
        case=case,
        form=forms.GiftForm(request.POST or None),
        title=_("Gift to the customer"),
        lead=_("Charged to the plan; worth at most %(limit)s yuan.")
        % {"limit": plans_at(timezone.now()).gift_limit},
        run=run,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_upgrade(request: HtmxHttpRequest, churn_case_id: int) -> HttpResponse:
    """Grant better service for a while (CUS-106)."""
    case, user = get_case(request, churn_case_id), current_user(request)

    def run(valid: forms.UpgradeForm) -> None:
        upgrading.grant(case=case, given=valid.given(), actor=user, now=timezone.now())

    return case_form(
        request,
        case=case,
        form=forms.UpgradeForm(request.POST or None, case=case),
        title=_("Grant a service upgrade"),
        lead=_("It ends by itself; the satisfaction is kept before and after."),
        run=run,
    )


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_upgrade_stop(
    request: HtmxHttpRequest, churn_case_id: int, service_upgrade_id: int
) -> HttpResponse:
    """End a service upgrade early."""
    case = get_case(request, churn_case_id)
    upgrading.stop(
        upgrade=_upgrade(case, service_upgrade_id), actor=current_user(request), now=timezone.now()
    )
    messages.success(request, SAVED)
    return go_to(request, case.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def winback_upgrade_after(
    request: HtmxHttpRequest, churn_case_id: int, service_upgrade_id: int
) -> HttpResponse:
    """Write how satisfied the customer is after an upgrade."""
    case = get_case(request, churn_case_id)
    upgrade = _upgrade(case, service_upgrade_id)

    def run(valid: forms.AfterForm) -> None:
        upgrading.rate_after(
            upgrade=upgrade, rating=valid.cleaned_data["after"], now=timezone.now()
        )

    return case_form(
        request,
        case=case,
        form=forms.AfterForm(request.POST or None),
        title=_("Satisfaction after the upgrade"),
        lead=upgrade.what,
        run=run,
    )


@require_POST
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def winback_take_back(
    request: HtmxHttpRequest, churn_case_id: int, winback_entry_id: int
) -> HttpResponse:
    """Take a reward or a cost back, with a reason."""
    case = get_case(request, churn_case_id)
    entry: Any = case.entries.select_related("account", "case").filter(pk=winback_entry_id).first()
    if entry is None:
        raise Http404
    rewarding.take_back(
        entry=entry,
        reason=request.POST.get("reason", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, SAVED)
    return go_to(request, case.get_absolute_url())


def _upgrade(case: WinbackCase, service_upgrade_id: int) -> ServiceUpgrade:
    found: ServiceUpgrade | None = case.upgrades.filter(pk=service_upgrade_id).first()
    if found is None:
        raise Http404
    return found
