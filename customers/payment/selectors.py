"""What the pages of payments show, and which plans owe money."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.display import money
from customers.payment.models import Instalment, PaymentPlan, Receipt
from customers.payment.querysets import with_arrears
from customers.payment.rules import NOTHING, Balance, Due, Settled, allocate, balance
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState

# Purchases that owe what their plan says; others have ended or have no price yet.
OWING = tuple(
    each.value
    for each in (PurchaseState.SUBSCRIBED, PurchaseState.SIGNED, PurchaseState.HANDED_OVER)
)
PAYING = (PurchaseState.PRESUBSCRIBED.value, *OWING)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """An instalment as the page prints it."""

    instalment: Instalment
    settled: Settled
    days_late: int


def plan_of(purchase: Purchase) -> PaymentPlan | None:
    """Return the plan of a purchase, None where none was made."""
    return PaymentPlan.objects.filter(purchase=purchase).select_related("made_by").first()


def received_of(purchase: Purchase) -> Decimal:
    """Return what the company holds of a purchase: payments minus refunds, in yuan."""
    total = Receipt.objects.filter(purchase=purchase).aggregate(total=Sum("amount"))["total"]
    return total or NOTHING


def dues_of(instalments: Any) -> list[Due]:
    """Return instalments as the pure rules take them."""
    return [Due(each.position, each.amount, each.due_on) for each in instalments]


def balance_of(purchase: Purchase, *, today: date) -> Balance:
    """Return the schedule of a purchase against its receipts on ``today``."""
    rows = Instalment.objects.filter(plan__purchase=purchase)
    return balance(dues_of(rows), received_of(purchase), today=today)


def arrears_before_keys(purchase: Purchase, now: datetime) -> list[str]:
    """Return in words what is due and not paid, which keeps the keys (CUS-70, SVC-91)."""
    open_sum = balance_of(purchase, today=timezone.localtime(now).date()).arrears
    if open_sum <= 0:
        return []
    return [_("%(amount)s is due and not paid.") % {"amount": money(open_sum)}]


def payments_page(purchase: Purchase, *, now: datetime) -> dict[str, Any]:
    """Return what the page of payments prints: plan, what is paid of it, every receipt."""
    today = timezone.localtime(now).date()
    plan, received = plan_of(purchase), received_of(purchase)
    rows = {each.position: each for each in plan.instalments.all()} if plan else {}
    dues = dues_of(rows.values())
    is_owing = purchase.state in OWING
    receipts = Receipt.objects.filter(purchase=purchase)
    return {
        "plan": plan,
        "lines": [
            PlanLine(rows[each.due.position], each, each.days_late(today) if is_owing else 0)
            for each in allocate(dues, received)
        ],
        "receipts": receipts.select_related("recorded_by", "reversal", "reverses").order_by(
            "-received_on", "-pk"
        ),
        "balance": balance(dues, received, today=today),
        "received": received,
        "is_owing": is_owing,
        "to_pay_back": received if purchase.state not in PAYING else NOTHING,
    }


def in_arrears(user: Any, *, today: date) -> Any:
    """Return the purchases in arrears that ``user`` may know of, with their figures."""
    from customers.payment.querysets import paying_customers

    rows = Purchase.objects.filter(state__in=OWING, customer__in=paying_customers(user))
    return with_arrears(rows, today=today)
