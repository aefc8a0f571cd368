"""Payments and mortgages in the timeline of a customer, among its open items, on its purchases."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.display import money
from crm_site.staff.models import User
from customers.data_categories import may_see_sensitive
from customers.models.customer import Customer
from customers.open_items import OpenItem
from customers.payment import choices, mortgage_rules
from customers.payment.models import Mortgage
from customers.payment.mortgage_rules import ENDED, MortgageState
from customers.payment.querysets import with_due
from customers.payment.selectors import OWING, PAYING, balance_of, plan_of, received_of
from customers.purchase.hooks import PartState
from customers.purchase.models import TIMED_STATES, Purchase
from customers.purchase.querysets import STANDING
from customers.selectors.history import Printed

# What was paid is told on the page of payments, to those who may know it; the timeline says that.
RECEIPTS = """
SELECT 'receipt', r.recorded_at, r.kind::text, concat_ws('-', b.name, nullif(u.entrance, ''),
    u.number), r.receipt_no::text, p.id::text
FROM customers_receipt r JOIN customers_purchase p ON p.id = r.purchase_id
    LEFT JOIN customers_unit u ON u.id = p.unit_id
    LEFT JOIN customers_building b ON b.id = u.building_id
WHERE p.customer_id = %(customer)s ORDER BY r.recorded_at DESC LIMIT 10
"""
MORTGAGES = """
SELECT 'mortgage', e.at, e.to_state::text, concat_ws('-', b.name, nullif(u.entrance, ''),
    u.number), '', p.id::text
FROM customers_mortgageevent e JOIN customers_mortgage m ON m.id = e.mortgage_id
    JOIN customers_purchase p ON p.id = m.purchase_id
    LEFT JOIN customers_unit u ON u.id = p.unit_id
    LEFT JOIN customers_building b ON b.id = u.building_id
WHERE p.customer_id = %(customer)s ORDER BY e.at DESC LIMIT 10
"""
SEE = "customers.view_sensitive"
RECEIPT_WORDS = dict(choices.RECEIPT_KINDS)
STATE_WORDS = dict(mortgage_rules.STATES)
TONES = {
    MortgageState.APPLIED.value: "blue",
    MortgageState.SUPPLEMENT.value: "amber",
    MortgageState.APPROVED.value: "blue",
    MortgageState.RELEASED.value: "green",
    MortgageState.REFUSED.value: "red",
}


def printed_receipt(kind: str, unit: str, number: str, key: str) -> Printed:
    """Return a line of the timeline: icon, title, text, address; amounts stand on that page."""
    title = f"{RECEIPT_WORDS.get(kind, kind)} · {unit}"
    return "file", title, number, reverse("customers:purchase-payments", args=[key])


def printed_mortgage(_state: str, unit: str, _none: str, key: str) -> Printed:
    """Return a line of the timeline: icon, title, text, address; what the bank said stays there."""
    url = reverse("customers:purchase-mortgages", args=[key])
    return "building", _("Mortgage took a step"), unit, url


def open_purchases(customer: Customer, user: User, now: datetime) -> list[OpenItem]:
    """Return holds that end by themselves and, for those who may know it, money that is due."""
    if not user.has_perm("customers.view_units"):
        return []
    rows = Purchase.objects.filter(customer=customer)
    found = with_due(rows, today=timezone.localtime(now).date())
    owes = Q(state__in=OWING, arrears__gt=0)
    held = Q(state__in=TIMED_STATES) & STANDING
    wanted = held | owes if may_see_sensitive(user, customer) else held
    rows = found.filter(wanted).select_related("unit__building", "project")
    return [_owing(one) if one.state in OWING else _held(one) for one in rows]


def _held(one: Any) -> OpenItem:
    url = reverse("customers:purchase-detail", args=[one.pk])
    return OpenItem(_("Hold"), str(one.unit or one.project), one.expires_at, url, "building")


def _owing(one: Any) -> OpenItem:
    return OpenItem(
        _("Arrears"),
        f"{one.unit or one.project} · {money(one.arrears)}",
        timezone.make_aware(datetime.combine(one.late_since, datetime.min.time())),
        reverse("customers:purchase-payments", args=[one.pk]),
        "alert",
    )


def payment_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how the payments stand, in words without amounts."""
    if purchase.state not in PAYING:
        held = received_of(purchase)
        return PartState(_("To be paid back"), "red") if held > 0 else None
    if plan_of(purchase) is None:
        return PartState(_("No plan yet"), "amber")
    found = balance_of(purchase, today=timezone.localtime(now).date())
    if found.arrears > 0:
        return PartState(_("In arrears"), "red")
    if found.open == Decimal(0):
        return PartState(_("Paid in full"), "green")
    return PartState(_("As planned"), "blue")


def mortgage_state(purchase: Purchase, _now: datetime) -> PartState | None:
    """Return how the mortgages stand: the open one, else the last; None where none is planned."""
    if purchase.state not in OWING:
        return None
    rows: Any = Mortgage.objects.filter(purchase=purchase).order_by("-state_since", "-pk")
    ended = [each.value for each in ENDED]
    last = rows.exclude(state__in=ended).first() or rows.first()
    if last is not None:
        return PartState(STATE_WORDS[last.state], TONES[last.state])
    plan = plan_of(purchase)
    if plan is None or plan.method in ("full", "instalments"):
        return None
    return PartState(_("Not applied for yet"), "amber")
