"""Where the customers app stands in the navigation, and how its statuses are drawn."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from customers import choices

CLASS_TONES = {
    "potential": ("", "ring"),
    "intent": ("blue", "half"),
    "first_purchase": ("green", "dot"),
    "existing": ("green", "tick"),
    "high_value": ("amber", "dia"),
}
STATE_TONES = {
    "new": ("amber", "ring"),
    "assigned": ("amber", "ring"),
    "contacted": ("blue", "half"),
    "qualified": ("blue", "half"),
    "visited": ("blue", "dia"),
    "subscribed": ("green", "dia"),
    "signed": ("green", "dot"),
    "lost": ("", "cross"),
}


def register() -> None:
    """Offer the pages in the side navigation and give class and lead state their marks."""
    register_entry(
        "today",
        "customers:today",
        pgettext_lazy("page", "Today"),
        "today",
        10,
        "customers.work_tasks",
    )
    register_entry(
        "customers",
        "customers:customer-list",
        _("Customers"),
        "users",
        20,
        "customers.view_customer",
    )
    register_entry(
        "pool", "customers:pool", _("Customer pool"), "pool", 25, "customers.view_customer"
    )
    register_entry("team", "customers:team", _("Team"), "layers", 30, "customers.view_team_work")
    register_marks("customer_class", _marks(choices.CUSTOMER_CLASSES, CLASS_TONES))
    register_marks("lead_state", _marks(choices.LEAD_STATES, STATE_TONES))


def _marks(words: Sequence[tuple[str, Any]], tones: dict[str, tuple[str, str]]) -> dict[str, Mark]:
    return {value: Mark(*tones[value], word=word) for value, word in words}
