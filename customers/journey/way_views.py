"""The one page of a customer's way, the remote pack, tours for a customer (CUS-56, 62, 63)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.care_forms import CancelForm
from customers.journey.forms import TourForm
from customers.journey.onestop import figures, way_of, way_rows, ways
from customers.journey.remote import flag_remote, pack_items, pack_run, unflag_remote
from customers.journey.tours import address_of, personal_link
from customers.models import Customer
from customers.pickers import is_key
from customers.property.views import get_unit
from customers.purchase.rules import SELL
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer

TAB = "way"
VIEW, WORK = "customers.view_customer", "customers.work_tasks"
PLAN, ADD = "customers.plan_meetings", "customers.add_customer"
PERIOD = timedelta(days=365)
LIST = Listing(
    template="customers/journey/ways.html",
    sorts={"latest": ("-id",), "name": ("sort_key", "id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def way_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show customers from enquiry to contract with their hand-offs, and the measure over all."""
    user, now = current_user(request), timezone.now()
    context = {"figures": figures(user, since=now - PERIOD), "days": PERIOD.days}
    return list_page(request, queryset=ways(user), listing=LIST, present=way_rows, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def customer_way(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show enquiry, product show, appointment and contract of a customer with their one host."""
    return _tab(request, get_customer(request, customer_id))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def customer_remote(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Flag a remote buyer, which begins the pack."""
    customer = get_customer(request, customer_id)
    flag_remote(customer=customer, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The pack for remote buyers has begun."))
    return go_to(request, _url(customer))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def customer_remote_end(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Take the flag of a remote buyer back, with a reason."""
    customer = get_customer(request, customer_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _tab(request, customer, form=form, status=422)
    unflag_remote(
        customer=customer,
        reason=form.cleaned_data["reason"],
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The customer is no remote buyer any more."))
    return go_to(request, _url(customer))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def unit_tour(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Show the personal link of a unit's VR tour for the customer chosen."""
    unit, user = get_unit(request, unit_id), current_user(request)
    key = request.GET.get("customer", "")
    customer = (
        Customer.objects.visible_to(user).filter(pk=int(key)).first() if is_key(key) else None
    )
    form = TourForm(request.POST or None, user=user, initial={"customer": key})

    def save(valid: TourForm) -> str:
        here = reverse("customers:unit-tour", args=[unit.pk])
        return f"{here}?customer={valid.cleaned_data['customer'].pk}"

    context = {
        "unit": unit,
        "address": address_of(unit),
        "customer": customer,
        "link": personal_link(unit, customer) if customer else "",
    }
    template = "customers/journey/tour.html"
    return form_page(request, form=form, template=template, save=save, context=context)


def _tab(
    request: HtmxHttpRequest, customer: Customer, *, form: Any = None, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    run = pack_run(customer)
    context = {
        "way": way_of(customer),
        "run": run,
        "items": pack_items(run) if run else [],
        "may_work": user.has_perm(WORK),
        "may_sell": user.has_perm(SELL),
        "may_plan": user.has_perm(PLAN),
        "may_enquire": user.has_perm(ADD),
        "may_see_units": user.has_perm("customers.view_units"),
        "end_form": form or CancelForm(auto_id="remote_%s"),
    }
    template = "customers/tabs/way.html"
    return render_tab(request, customer, key=TAB, template=template, context=context, status=status)


def _url(customer: Customer) -> str:
    return reverse("customers:customer-way", args=[customer.pk])
