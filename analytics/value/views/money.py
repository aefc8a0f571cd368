"""Incomes beside the price of homes and costs of customers: lists, booking, reversing."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.pages import found_in
from analytics.value import choices
from analytics.value.forms import CostForm, IncomeForm
from analytics.value.models import BOOK, VIEW, CostPool, CustomerIncome
from analytics.value.pages import act, service_form, to
from analytics.value.services import booking
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user

COSTS = Listing(
    template="analytics/value/costs.html",
    sorts={"latest": ("-month_on", "-id")},
    default_sort="latest",
)
INCOMES = Listing(
    template="analytics/value/incomes.html",
    sorts={"latest": ("-received_on", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_costs(request: HtmxHttpRequest) -> HttpResponse:
    """Show costs with what was shared out; what is shared and unshared adds up to the total."""
    user = current_user(request)
    seen = CostPool.objects.visible_to(user)
    sums = seen.aggregate(total=Sum("amount"), unshared=Sum("unshared"))
    by_kind = dict(seen.order_by().values_list("kind").annotate(sum=Sum("amount")))
    total, unshared = sums["total"] or 0, sums["unshared"] or 0
    context: dict[str, Any] = {
        "total": total,
        "unshared": unshared,
        "shared": total - unshared,
        "kinds": [
            (label, by_kind.get(key, 0), choices.DRIVERS[key]) for key, label in choices.COSTS
        ],
        "may_book": user.has_perm(BOOK),
    }
    rows = seen.select_related("project", "customer", "recorded_by", "reversal")
    return list_page(request, queryset=rows, listing=COSTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def value_cost_add(request: HtmxHttpRequest) -> HttpResponse:
    """Book a cost of a month of a project; it is shared out at once."""
    user = current_user(request)
    return service_form(
        request,
        form=CostForm(request.POST or None, user=user),
        title=_("Book a cost"),
        crumb=(to("value-costs"), _("Costs of customers")),
        lead=_("It is shared out over the customers who caused it in that month."),
        run=lambda valid: booking.book_cost(
            draft=booking.CostDraft(**valid.cleaned_data), actor=user, now=timezone.now()
        ),
    )


@require_POST
@permission_required(BOOK, raise_exception=True)
@idempotent()
def value_cost_reverse(request: HtmxHttpRequest, cost_pool_id: int) -> HttpResponse:
    """Reverse a cost with all its shares."""
    row = found_in(CostPool.objects, request, cost_pool_id)
    return act(
        request,
        lambda: booking.reverse_cost(
            cost_id=row.pk, actor=current_user(request), now=timezone.now()
        ),
        back=to("value-costs"),
        done=_("The entry is reversed."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_cost(request: HtmxHttpRequest, cost_pool_id: int) -> HttpResponse:
    """Show who bears a cost, of those one may see; the largest shares first."""
    pool = found_in(CostPool.objects, request, cost_pool_id, "project")
    seen = pool.shares.visible_to(current_user(request)).select_related("customer")
    context = {
        "pool": pool,
        "shares": seen.order_by("-amount", "pk")[:100],
        "shared": pool.amount - pool.unshared,
        "driver": choices.DRIVERS[pool.kind],
        "count": pool.shares.count(),
    }
    return render(request, "analytics/value/cost.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_incomes(request: HtmxHttpRequest) -> HttpResponse:
    """Show fees and returns received from customers."""
    user = current_user(request)
    seen = CustomerIncome.objects.visible_to(user)
    by_kind = dict(seen.order_by().values_list("kind").annotate(sum=Sum("amount")))
    context = {
        "kinds": [(label, by_kind.get(key, 0)) for key, label in choices.INCOMES],
        "may_book": user.has_perm(BOOK),
    }
    rows = seen.select_related("customer", "recorded_by", "reversal")
    return list_page(request, queryset=rows, listing=INCOMES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def value_income_add(request: HtmxHttpRequest) -> HttpResponse:
    """Book a fee or a return received from a customer."""
    user = current_user(request)
    return service_form(
        request,
        form=IncomeForm(request.POST or None, user=user),
        title=_("Book an income"),
        crumb=(to("value-incomes"), _("Incomes from customers")),
        run=lambda valid: booking.book_income(
            draft=booking.IncomeDraft(**valid.cleaned_data), actor=user, now=timezone.now()
        ),
    )


@require_POST
@permission_required(BOOK, raise_exception=True)
@idempotent()
def value_income_reverse(request: HtmxHttpRequest, customer_income_id: int) -> HttpResponse:
    """Reverse an income."""
    row = found_in(CustomerIncome.objects, request, customer_income_id)
    return act(
        request,
        lambda: booking.reverse_income(
            income_id=row.pk, actor=current_user(request), now=timezone.now()
        ),
        back=to("value-incomes"),
        done=_("The entry is reversed."),
    )
