"""What value tells the other parts: policy, categories, audit, marks, places, tab, KPIs."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.registering import declare_events, mark_states
from analytics.value import brought, choices, data_categories, kept_groups, policies, registers
from analytics.value.models import VIEW, VIEW_CUSTOMER, CustomerValue
from analytics.value.services.refusing import remove_values
from crm_site.common.navigation import register_entry
from customers.record_tabs import RecordTab, register_tab
from customers.services.assessment import register_removal
from marketing.segments.hooks import register_lifetime_value

EVENTS = {
    "value.income": _("Income of a customer booked"),
    "value.income_reversed": _("Income of a customer reversed"),
    "value.cost": _("Cost of customers booked"),
    "value.cost_reversed": _("Cost of customers reversed"),
    "value.rule_decided": _("Rule of wishes decided"),
    "value.advice_decided": _("Advice decided"),
    "value.advice_outcome": _("Outcome of an advice written"),
    "value.mix_plan": _("Split of a budget begun"),
    "value.mix_handed_in": _("Split of a budget handed in"),
}
TONES = {
    "value-cell": {
        choices.HIGH: ("green", "tri"),
        choices.MIDDLE: ("blue", "half"),
        choices.LOW: ("", "ring"),
    },
    "value-rule": {
        choices.PROPOSED: ("blue", "ring"),
        choices.APPROVED: ("green", "tick"),
        choices.REJECTED: ("", "cross"),
    },
    "value-forecast": {
        choices.READY: ("green", "tick"),
        choices.SHORT: ("amber", "half"),
        choices.EMPTY: ("", "ring"),
    },
    "value-advice": {
        choices.OPEN: ("blue", "ring"),
        choices.ACCEPTED: ("green", "tick"),
        choices.REJECTED: ("", "cross"),
        choices.EXPIRED: ("", "half"),
    },
    "value-advice-kind": {
        choices.SHIFT: ("", "dia"),
        choices.CALLS: ("", "sq"),
        choices.NODE: ("", "tri"),
        choices.BUDGET: ("", "half"),
    },
}
WORDS = {
    "value-cell": choices.BY_VALUE,
    "value-rule": choices.RULE_STATES,
    "value-forecast": choices.FORECAST_STATES,
    "value-advice": choices.ADVICE_STATES,
    "value-advice-kind": choices.ADVICE_KINDS,
}
PLACES = (
    ("value-segments", _("Segments"), "layers"),
    ("value-clusters", _("Groups alike"), "users"),
    ("value-likely", _("Likely of high value"), "star"),
    ("value-rules", _("Rules of wishes"), "tag"),
    ("value-forecasts", _("Forecasts"), "chart"),
    ("value-advice", _("Advice"), "bulb"),
    ("value-mix", _("Budgets"), "sliders"),
    ("value-costs", _("Costs of customers"), "file"),
    ("value-incomes", _("Incomes from customers"), "file"),
    ("value-model", _("Value model"), "history"),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    data_categories.register()
    registers.register()
    brought.register()
    register_removal("value", remove_values)
    register_lifetime_value(_worth_of_outer)
    kept_groups.register()
    declare_events(EVENTS)
    mark_states(TONES, WORDS)
    register_entry("value", "analytics:value-list", _("Customer value"), "star", 545, VIEW)
    for order, (key, label, icon) in enumerate(PLACES, start=1):
        register_entry(key, f"analytics:{key}", label, icon, order, VIEW, parent="value")
    register_entry(
        *("value-intent", "analytics:value-intent", _("Whom to call next"), "phone", 529),
        VIEW_CUSTOMER,
    )
    label = pgettext_lazy("tab", "Value")
    register_tab(RecordTab("value", "analytics:customer-value", label, 26, VIEW_CUSTOMER))


def _worth_of_outer() -> Subquery:
    """Return the lifetime value of the customer of the outer query, net of cost (CUS-78)."""
    return Subquery(CustomerValue.objects.filter(customer=OuterRef("pk")).values("net"))
