"""Asking for discounts, the list of them, and what a purchase's price is made of."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.pricing import choices
from customers.pricing.filters import DiscountFilter
from customers.pricing.forms import DiscountForm
from customers.pricing.models import DiscountRequest
from customers.pricing.selectors import price_at, purchase_breakdown
from customers.pricing.services.discounts import request_discount
from customers.property.views import VIEW, get_unit
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL

FORM = "customers/pricing/form.html"
LIST = Listing(
    template="customers/pricing/discounts.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=DiscountFilter,
)


def visible_discounts(request: HtmxHttpRequest) -> Any:
    """Return the requests for customers the user may see."""
    rows = DiscountRequest.objects.visible_to(current_user(request))
    return rows.select_related("unit__building", "customer", "asked_by", "price", "approval")


@require_safe
@permission_required(VIEW, raise_exception=True)
def discount_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the discounts asked for the customers one may see (MKT-46)."""
    context = {"now": timezone.now()}
    return list_page(request, queryset=visible_discounts(request), listing=LIST, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def discount_detail(request: HtmxHttpRequest, discount_id: int) -> HttpResponse:
    """Show one request: both totals, reason, who signed, until when it can be used."""
    found = visible_discounts(request).filter(pk=discount_id).first()
    if found is None:
        raise Http404
    context = {"discount": found, "now": timezone.now()}
    return render(request, "customers/pricing/discount.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def discount_add(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Ask for a lower total of a unit for one customer."""
    unit, user, now = get_unit(request, unit_id), current_user(request), timezone.now()
    initial = {"customer": request.GET.get("customer", "")}
    form = DiscountForm(request.POST or None, user=user, initial=initial)

    def save(valid: DiscountForm) -> str:
        try:
            made = request_discount(
                unit=unit,
                customer=valid.cleaned_data["customer"],
                wish=valid.wish(),
                asker=user,
                now=timezone.now(),
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Asked. The signers are told."))
        return reverse("customers:discount-detail", args=[made.pk])

    context = {
        "title": _("Ask for a discount on %(unit)s") % {"unit": unit},
        "submit_label": _("Ask for it"),
        "cancel_url": reverse("customers:unit-detail", args=[unit.pk]),
        "draft": f"discount-{unit.pk}",
        "price": price_at(unit, at=now),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def price_statement(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show what the total of a purchase is made of, to be printed (MKT-51)."""
    rows = Purchase.objects.visible_to(current_user(request))
    rows = rows.select_related("unit__building", "project", "customer")
    purchase: Purchase | None = rows.filter(pk=purchase_id).first()
    found = purchase_breakdown(purchase, now=timezone.now()) if purchase else None
    if purchase is None or found is None:
        raise Http404
    context = {
        "purchase": purchase,
        "breakdown": found,
        "lines": [(choices.LINES[line.code], line) for line in found.lines],
        "besides": [(choices.LINES[line.code], line) for line in found.besides],
    }
    return render(request, "customers/pricing/statement.html", context)
