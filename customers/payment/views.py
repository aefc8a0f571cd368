"""The payments of a purchase: plan, receipts, refunds; and the list of arrears (CUS-70)."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.filter_bars import build_filters
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.data_categories import may_see_sensitive
from customers.payment.filters import ArrearsFilter
from customers.payment.forms import (
    PlanForm,
    ReceiptForm,
    RefundForm,
    ReversalForm,
    of_plan,
    of_template,
)
from customers.payment.models import Receipt
from customers.payment.policies import PAYMENTS, PaymentRules
from customers.payment.selectors import OWING, PAYING, in_arrears, payments_page, plan_of
from customers.payment.services import planning, receiving
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL
from customers.purchase.views import get_purchase

SEE = ("customers.view_units", "customers.view_sensitive")
BOOK = "customers.record_receipts"
PAGE = "customers/payments/payments.html"
PLAN = "customers/payments/plan.html"
FORM = "customers/payments/form.html"
ARREARS = Listing(
    template="customers/payments/arrears.html",
    sorts={"late": ("late_since", "id"), "arrears": ("-arrears", "-id")},
    default_sort="late",
    filter_class=ArrearsFilter,
)


def get_paid(request: HtmxHttpRequest, purchase_id: int) -> Purchase:
    """Return the purchase; 404 out of scope, 403 where one may not know how it is paid."""
    purchase = get_purchase(request, purchase_id)
    if not may_see_sensitive(current_user(request), purchase.customer):
        raise NotAllowedError(_("Payments are shown to who is responsible for the customer."))
    return purchase


def payments_url(purchase: Purchase) -> str:
    """Return the address of the page of payments."""
    return reverse("customers:purchase-payments", args=[purchase.pk])


@require_safe
@permission_required(SEE, raise_exception=True)
def purchase_payments(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show plan, receipts and what is open or to be paid back."""
    purchase, user, now = get_paid(request, purchase_id), current_user(request), timezone.now()
    found = payments_page(purchase, now=now)
    rules: PaymentRules = in_force(PAYMENTS, at=now).value
    context = found | {
        "purchase": purchase,
        "templates": list(rules.templates()),
        "may_plan": user.has_perm(SELL) and purchase.state in OWING and purchase.agreed_total,
        "may_book": user.has_perm(BOOK),
        "may_receive": user.has_perm(BOOK) and purchase.state in PAYING,
    }
    return render_page(request, PAGE, context, partial="payments")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, SELL), raise_exception=True)
@idempotent()
def plan_edit(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Write the plan; ``?template=`` proposes the instalments of a template."""
    purchase, user, now = get_paid(request, purchase_id), current_user(request), timezone.now()
    back = payments_url(purchase)
    rules: PaymentRules = in_force(PAYMENTS, at=now).value
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial=_proposed(purchase, rules, request.GET.get("template", "")),
    )

    def save(valid: PlanForm) -> str:
        try:
            planning.set_plan(purchase=purchase, draft=valid.draft(), actor=user, now=now)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The plan is saved."))
        return back

    context = {
        "purchase": purchase,
        "title": _("Payment plan"),
        "cancel_url": back,
        "templates": list(rules.templates()),
    }
    return form_page(request, form=form, template=PLAN, save=save, context=context)


def _proposed(purchase: Purchase, rules: PaymentRules, name: str) -> dict[str, Any]:
    """Return what an empty form shows: the template asked for, the plan that stands, a first."""
    plan, templates = plan_of(purchase), rules.templates()
    if plan is not None and name not in templates:
        return of_plan(plan)
    lines = templates.get(name) or next(iter(templates.values()), [])
    total, version = purchase.agreed_total, plan.version if plan else 0
    return of_template(lines if total else [], total=total or Decimal(0), version=version)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, BOOK), raise_exception=True)
@idempotent()
def receipt_add(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Book a payment."""
    purchase = get_paid(request, purchase_id)
    form = ReceiptForm(request.POST or None, initial=_today())

    def book(valid: ReceiptForm) -> Receipt:
        actor, now = current_user(request), timezone.now()
        return receiving.receive(purchase=purchase, money_in=valid.money(), actor=actor, now=now)

    return _booked(request, purchase, form, book, _("Book a payment"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, BOOK), raise_exception=True)
@idempotent()
def refund_add(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Book what is paid back."""
    purchase = get_paid(request, purchase_id)
    form = RefundForm(request.POST or None, initial=_today())

    def book(valid: RefundForm) -> Receipt:
        actor, now = current_user(request), timezone.now()
        return receiving.refund(purchase=purchase, money_back=valid.money(), actor=actor, now=now)

    return _booked(request, purchase, form, book, _("Book a refund"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, BOOK), raise_exception=True)
@idempotent()
def receipt_reverse(request: HtmxHttpRequest, purchase_id: int, receipt_id: int) -> HttpResponse:
    """Undo a wrong entry by its opposite."""
    purchase = get_paid(request, purchase_id)
    rows = Receipt.objects.filter(purchase=purchase).select_related("purchase")
    receipt: Receipt | None = rows.filter(pk=receipt_id).first()
    if receipt is None:
        raise Http404
    form = ReversalForm(request.POST or None)

    def book(valid: ReversalForm) -> Receipt:
        actor, now = current_user(request), timezone.now()
        return receiving.reverse(receipt=receipt, actor=actor, now=now, **valid.cleaned_data)

    title = _("Reverse %(number)s") % {"number": receipt.receipt_no}
    return _booked(request, purchase, form, book, title)


def _booked(
    request: HtmxHttpRequest, purchase: Purchase, form: Any, book: Any, title: str
) -> HttpResponse:
    def save(valid: Any) -> str:
        try:
            row = book(valid)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Booked: %(number)s.") % {"number": row.receipt_no})
        return payments_url(purchase)

    context = {"purchase": purchase, "title": title, "cancel_url": payments_url(purchase)}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _today() -> dict[str, Any]:
    return {"received_on": timezone.localdate()}


@require_safe
@permission_required(SEE, raise_exception=True)
def arrears_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the purchases in arrears: schedule minus receipts, the longest late first."""
    today = timezone.localdate()
    rows = in_arrears(current_user(request), today=today)
    found = build_filters(ArrearsFilter, request, rows)
    narrowed = found.qs if found.is_valid() else rows.none()
    rows = rows.select_related("unit__building", "project", "customer", "consultant")

    def present(page: list[Any]) -> list[Any]:
        return [(one, (today - one.late_since).days) for one in page]

    context = {"total": narrowed.aggregate(total=Sum("arrears"))["total"]}
    return list_page(request, queryset=rows, listing=ARREARS, present=present, context=context)
