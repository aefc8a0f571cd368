"""Offers on the record of a customer: promotions, groups and coupons for the units they hold."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer
from customers.purchase.models import ACTIVE_STATES, TIMED_STATES, Purchase
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer
from marketing.promotions.forms import ApplyForm, JoinForm, RedeemForm
from marketing.promotions.models import GroupPurchase, Promotion, PromotionUse
from marketing.promotions.querysets import APPLY
from marketing.promotions.services.applying import apply_promotions
from marketing.promotions.services.coupons import redeem
from marketing.promotions.services.groups import join_group

TAB = "offers"


def _deals(customer: Customer, states: list[str]) -> Any:
    rows = Purchase.objects.filter(customer=customer, state__in=states, unit__isnull=False)
    return rows.select_related("unit__building", "project").order_by("pk")


def _forms(customer: Customer, user: User) -> dict[str, Callable[[Any], Form]]:
    """Return what makes the three forms; expired offers stay, so that the answer says why."""
    held = _deals(customer, TIMED_STATES)
    places = held.order_by().values("project")
    offers = Promotion.objects.visible_to(user).filter(project__in=places)
    offers = offers.filter(state="approved").exclude(kind="group").order_by("ends_at", "pk")
    groups = GroupPurchase.objects.visible_to(user).filter(promotion__project__in=places)
    groups = groups.exclude(state="missed").order_by("deadline", "pk")
    coupons = customer.coupons.select_related("issue").order_by("issue__valid_until", "pk")
    return {
        "apply": lambda data: ApplyForm(data, deals=held, offers=offers, prefix="apply"),
        "join": lambda data: JoinForm(data, deals=held, groups=groups, prefix="join"),
        "redeem": lambda data: RedeemForm(
            data, deals=_deals(customer, ACTIVE_STATES), coupons=coupons, prefix="redeem"
        ),
    }


@require_http_methods(["GET", "HEAD"])
@permission_required(APPLY, raise_exception=True)
def customer_offers(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what a customer can use for the units they hold, and what they used."""
    return _tab(request, get_customer(request, customer_id))


@require_POST
@permission_required(APPLY, raise_exception=True)
@idempotent()
def offers_apply(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Use promotions for a unit; money off asks for a discount."""
    customer, user = get_customer(request, customer_id), current_user(request)
    form = _forms(customer, user)["apply"](request.POST)
    if not form.is_valid():
        return _tab(request, customer, bound={"apply": form})
    data = form.cleaned_data
    apply_promotions(
        promotions=list(data["promotions"]),
        customer=customer,
        unit=data["deal"].unit,
        actor=user,
        now=timezone.now(),
    )
    return _done(request, customer, _("Noted. Money off waits for the signatures of a discount."))


@require_POST
@permission_required(APPLY, raise_exception=True)
@idempotent()
def offers_join(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Let a customer join a group purchase with a unit they hold."""
    customer, user = get_customer(request, customer_id), current_user(request)
    form = _forms(customer, user)["join"](request.POST)
    if not form.is_valid():
        return _tab(request, customer, bound={"join": form})
    data = form.cleaned_data
    join_group(
        group=data["group"],
        customer=customer,
        unit=data["deal"].unit,
        paid=data["paid"],
        actor=user,
        now=timezone.now(),
    )
    return _done(request, customer, _("The household is in the group."))


@require_POST
@permission_required(APPLY, raise_exception=True)
@idempotent()
def offers_redeem(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Use a coupon of the customer for one of their deals."""
    customer, user = get_customer(request, customer_id), current_user(request)
    form = _forms(customer, user)["redeem"](request.POST)
    if not form.is_valid():
        return _tab(request, customer, bound={"redeem": form})
    data = form.cleaned_data
    redeem(coupon=data["coupon"], purchase=data["deal"], actor=user, now=timezone.now())
    return _done(request, customer, _("The coupon is used."))


def _done(request: HtmxHttpRequest, customer: Customer, words: str) -> HttpResponse:
    messages.success(request, words)
    return go_to(request, reverse("marketing:customer-offers", args=[customer.pk]))


def _tab(
    request: HtmxHttpRequest, customer: Customer, *, bound: dict[str, Form] | None = None
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    forms = {key: make(None) for key, make in _forms(customer, user).items()} | (bound or {})
    uses = PromotionUse.objects.filter(customer=customer).select_related(
        "promotion", "unit__building", "discount"
    )
    coupons = customer.coupons.select_related("issue", "purchase__unit__building", "discount")
    context = {
        "forms": forms,
        "has_unit": _deals(customer, TIMED_STATES).exists(),
        "has_deal": _deals(customer, ACTIVE_STATES).exists(),
        "uses": uses.order_by("-pk")[:50],
        "coupons": coupons.order_by("-pk")[:50],
        "members": customer.group_buys.select_related("group", "unit__building").order_by("-pk"),
        "now": now,
    }
    template = "marketing/promotions/_offers.html"
    status = UNPROCESSABLE if bound else 200
    return render_tab(request, customer, key=TAB, template=template, context=context, status=status)
