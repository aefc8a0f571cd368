"""The pages of charge-backs: the list, a claim, how it goes on (SVC-99)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.repairs import forms
from service.repairs.errors import RepairRefusedError
from service.repairs.filters import ChargeFilter
from service.repairs.models import ChargeBack
from service.repairs.pages import Sheet, found_or_404, run_form
from service.repairs.rules.steps import CHARGE_MOVES, ChargeState
from service.repairs.services import charging
from service.repairs.views import CHARGE, FORM_METHODS, VIEW, get_order, order_url

CHARGES = Listing(
    template="service/repairs/charges.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=ChargeFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def charge_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what contractors are to pay."""
    user = current_user(request)
    rows = ChargeBack.objects.visible_to(user).select_related(
        "contractor", "order__ticket__project", "order__ticket__unit__building"
    )
    context = {"may_charge": user.has_perm(CHARGE)}
    return list_page(request, queryset=rows, listing=CHARGES, context=context)


@require_http_methods(FORM_METHODS)
@permission_required(CHARGE, raise_exception=True)
@idempotent()
def charge_add(request: HtmxHttpRequest, repair_id: int) -> HttpResponse:
    """Claim the cost of a repair from its contractor; refused out of warranty."""
    order, user = get_order(request, repair_id), current_user(request)
    if not order.is_owed:
        raise RepairRefusedError(
            _("Only a repair in warranty is charged back. %(why)s") % {"why": order.reason_words}
        )

    def run(valid: Any) -> None:
        charging.claim(order=order, actor=user, now=timezone.now(), **valid.cleaned_data)

    sheet = Sheet(
        title=_("Charge the contractor"),
        up=(str(order), order_url(order)),
        submit=pgettext("charge", "Claim"),
        done=_("The amount is claimed from the contractor."),
    )
    form = forms.ChargeForm(request.POST or None, payers=charging.liable(order))
    return run_form(request, form=form, sheet=sheet, run=run)


@require_http_methods(FORM_METHODS)
@permission_required(CHARGE, raise_exception=True)
@idempotent()
def charge_move(request: HtmxHttpRequest, charge_id: int) -> HttpResponse:
    """Note that a charge-back is agreed, disputed, settled or withdrawn."""
    user = current_user(request)
    rows = ChargeBack.objects.visible_to(user).select_related("order__ticket", "contractor")
    charge: ChargeBack = found_or_404(rows, charge_id)
    states = sorted(CHARGE_MOVES[ChargeState(charge.state)])
    if not states:
        raise RepairRefusedError(_("This charge-back is at its end."))
    form = forms.ChargeMoveForm(request.POST or None, states=[state.value for state in states])

    def run(valid: Any) -> None:
        data = valid.cleaned_data
        charging.move_charge(
            charge=charge,
            to=ChargeState(data["to"]),
            note=data["note"],
            amount=data["amount"],
            actor=user,
            now=timezone.now(),
        )

    sheet = Sheet(
        title=_("Charge-back of %(contractor)s") % {"contractor": charge.contractor},
        up=(_("Charge-backs"), reverse("service:charge-list")),
        submit=_("Save"),
        done=_("The charge-back is saved."),
    )
    return run_form(request, form=form, sheet=sheet, run=run)
