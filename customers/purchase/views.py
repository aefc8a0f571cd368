"""Holding a unit, and the page of a purchase with its next step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.property.launching import is_launched
from customers.property.models import Unit
from customers.property.views import VIEW, get_unit
from customers.purchase.actions import ACTIONS, offered
from customers.purchase.errors import NotLaunchedError, UnitTakenError
from customers.purchase.filters import PurchaseFilter
from customers.purchase.forms import HoldForm
from customers.purchase.hooks import columns_of, parts_of, rows_of
from customers.purchase.models import Purchase
from customers.purchase.policies import HOLDS
from customers.purchase.rules import EDGES, SELL, Step
from customers.purchase.selectors import approvals_of, unit_page
from customers.purchase.services import changing, holding
from customers.purchase.similar import similar_units

UNIT = "customers/units/unit.html"
HOLD = "customers/units/hold.html"
TAKEN = "customers/units/taken.html"
DETAIL = "customers/purchases/purchase.html"
LIST = Listing(
    template="customers/purchases/list.html",
    sorts={"since": ("-state_since", "-id"), "begun": ("-begun_at", "-id")},
    default_sort="since",
    filter_class=PurchaseFilter,
)
GONE = 409


@require_safe
@permission_required(VIEW, raise_exception=True)
def unit_detail(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Show one unit: state, price, layout, what speaks against it, free ones like it."""
    unit = get_unit(request, unit_id)
    context = unit_page(unit, user=current_user(request), now=timezone.now())
    context["for_customer"] = request.GET.get("customer", "")
    return render_page(request, UNIT, context, partial="panel")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def unit_hold(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Hold a unit for a customer, before the launch pre-subscribe it.

    Who comes second sees that it is taken and three like it.
    """
    unit, user = get_unit(request, unit_id), current_user(request)
    initial = {"customer": request.GET.get("customer", "")}
    is_on_sale = is_launched(unit.project_id)
    form = HoldForm(request.POST or None, user=user, initial=initial, with_deposit=not is_on_sale)

    def save(valid: HoldForm) -> str:
        begin = holding.hold_unit if is_on_sale else holding.presubscribe_unit
        words = _("%(unit)s is held.") if is_on_sale else _("%(unit)s is pre-subscribed.")
        try:
            purchase = begin(unit=unit, actor=user, now=timezone.now(), **valid.cleaned_data)
        except NotLaunchedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, words % {"unit": unit})
        return reverse("customers:purchase-detail", args=[purchase.pk])

    title = _("Hold %(unit)s") if is_on_sale else _("Pre-subscribe %(unit)s")
    context = {
        "unit": unit,
        "is_on_sale": is_on_sale,
        "title": title % {"unit": unit},
        "cancel_url": reverse("customers:unit-detail", args=[unit.pk]),
    }
    try:
        return form_page(request, form=form, template=HOLD, save=save, context=context)
    except UnitTakenError as refusal:
        return _taken(request, unit, refusal)


def _taken(request: HtmxHttpRequest, unit: Unit, refusal: UnitTakenError) -> HttpResponse:
    rules = in_force(HOLDS, at=timezone.now()).value
    found = similar_units(unit, user=current_user(request), limit=rules.taken_shows)
    context = {
        "unit": unit,
        "message": str(refusal),
        "similar": found,
        "for_customer": request.POST.get("customer", ""),
    }
    return render(request, TAKEN, context, status=GONE)


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the purchases of the customers one may see."""
    user = current_user(request)
    rows = Purchase.objects.visible_to(user)
    rows = rows.select_related("unit__building", "project", "customer", "consultant")
    columns = columns_of(user)
    return list_page(
        request,
        queryset=rows,
        listing=LIST,
        present=lambda found: rows_of(found, columns, now=timezone.now()),
        context={"columns": columns},
    )


def get_purchase(request: HtmxHttpRequest, purchase_id: int) -> Purchase:
    """Return the purchase; 404 when it is missing or its customer is not for this user's eyes."""
    rows = Purchase.objects.visible_to(current_user(request))
    rows = rows.select_related(
        "unit__building", "unit__layout", "project", "customer", "consultant"
    )
    try:
        purchase: Purchase = rows.get(pk=purchase_id)
    except Purchase.DoesNotExist as error:
        raise Http404 from error
    return purchase


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_detail(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show a purchase: where it stands, every step so far, what may come next."""
    purchase, user = get_purchase(request, purchase_id), current_user(request)
    context = {
        "purchase": purchase,
        "events": purchase.events.select_related("actor").order_by("-at", "-pk"),
        "parties": purchase.parties.select_related("customer"),
        "actions": offered(purchase, user),
        "approvals": approvals_of(purchase, user),
        "parts": parts_of(purchase, user, now=timezone.now()),
    }
    return render_page(request, DETAIL, context, partial="purchase")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def purchase_step(request: HtmxHttpRequest, purchase_id: int, step: str) -> HttpResponse:
    """Ask for what a step needs and take it."""
    user = current_user(request)
    action = ACTIONS.get(Step(step)) if step in set(Step) else None
    if action is None:
        raise Http404
    if not user.has_perm(EDGES[Step(step)].right):
        raise NotAllowedError(_("Your role cannot take this step."))
    purchase = get_purchase(request, purchase_id)
    here = reverse("customers:purchase-detail", args=[purchase.pk])
    data = request.POST if request.method == "POST" else None
    form = action.form(data, purchase=purchase, user=user)

    def save(valid: Form) -> str:
        try:
            done = action.run(valid, purchase=purchase, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        words = _("Asked for signatures: %(step)s.") if action.asks_first else _("Done: %(step)s.")
        messages.success(request, words % {"step": action.label})
        if isinstance(done, Purchase) and done.pk != purchase.pk:
            return reverse("customers:purchase-detail", args=[done.pk])
        return here

    context = {"purchase": purchase, "title": action.label, "cancel_url": here, "action": action}
    return form_page(
        request, form=form, template="customers/purchases/step.html", save=save, context=context
    )


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def purchase_carry_out(
    request: HtmxHttpRequest, purchase_id: int, approval_id: int
) -> HttpResponse:
    """Take the step that was signed: the signature back, or the other name in."""
    purchase, user, now = get_purchase(request, purchase_id), current_user(request), timezone.now()
    approval = approvals_of(purchase, user).filter(pk=approval_id, requester=user).first()
    if approval is None:
        raise Http404
    given: dict[str, Any] = {"purchase": purchase, "approval_id": approval_id, "actor": user}
    if approval.kind == changing.KIND_OF_STEP[Step.UNSIGN]:
        changing.unsign(now=now, **given)
    else:
        buyers = Customer.objects.visible_to(user)
        buyer = buyers.filter(pk=approval.content["new_buyer"]).first()
        if buyer is None:
            raise Http404
        changing.change_name(new_buyer=buyer, now=now, **given)
    messages.success(request, _("Done: %(step)s.") % {"step": approval.title})
    return go_to(request, reverse("customers:purchase-detail", args=[purchase.pk]))
