"""What payments and mortgages tell the other parts: policy, events, marks, parts, places."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from customers.open_items import register_open_items
from customers.payment import messages, mortgage_rules, policies, record, tasks
from customers.payment.selectors import arrears_before_keys
from customers.payment.services.planning import date_plan
from customers.purchase.hooks import (
    PurchasePart,
    register_follow_up,
    register_gate,
    register_part,
)
from customers.purchase.rules import Step
from customers.selectors.history import register_history

EVENTS = {
    "payment.plan_set": _("Payment plan written"),
    "payment.received": _("Payment booked"),
    "payment.refunded": _("Refund booked"),
    "payment.reversed": _("Receipt reversed"),
    "mortgage.moved": _("Mortgage took a step"),
}
SHAPES = {
    "applied": "half",
    "supplement": "tri",
    "approved": "dia",
    "released": "tick",
    "refused": "cross",
}
BOTH = ("customers.view_units", record.SEE)

JOBS = (tasks.remind_payments,)  # known to the workers once this module is read


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    marks = {
        value: Mark(record.TONES[value], SHAPES[value], word)
        for value, word in mortgage_rules.STATES
    }
    register_marks("mortgage", marks)
    register_follow_up("payment-plan", date_plan)
    register_gate(Step.HAND_OVER, "arrears", arrears_before_keys)
    register_history("receipt", record.RECEIPTS, record.printed_receipt)
    register_history("mortgage", record.MORTGAGES, record.printed_mortgage)
    register_open_items("purchases", record.open_purchases)
    for key, label, url, order, state in (
        ("payments", _("Payments"), "purchase-payments", 60, record.payment_state),
        ("mortgage", _("Mortgage"), "purchase-mortgages", 65, record.mortgage_state),
    ):
        register_part(PurchasePart(key, label, f"customers:{url}", record.SEE, order, state))
    for key, url, label, icon, order in (
        ("arrears", "arrears", pgettext_lazy("page", "Arrears"), "alert", 43),
        ("mortgages", "mortgage-list", pgettext_lazy("page", "Mortgages"), "home", 43),
    ):
        register_entry(key, f"customers:{url}", label, icon, order, BOTH, parent="units")
