"""What the part about knowledge of a customer tells the floor: tabs, timeline, events, policies."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from customers import offers_policy, retention_policy
from customers.record_tabs import RecordTab, register_tab
from customers.selectors import behaviour
from customers.selectors.history import register_history

EVENTS = {
    "behaviour.taken_in": _("Behaviour events taken in"),
    "custom_field.category_set": _("Category of an added field set"),
    "customer.intent_registered": _("Wish registered"),
    "customer.preferences_set": _("Preferences changed"),
}


def register() -> None:
    """Declare all of it; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    retention_policy.register()
    offers_policy.register()
    register_history("behaviour", behaviour.HISTORY, behaviour.printed)
    register_tab(RecordTab("portrait", "customers:customer-portrait", _("Portrait"), 20))
    register_tab(
        RecordTab("intents", "customers:customer-intents", pgettext_lazy("record", "Wishes"), 25)
    )
    register_tab(RecordTab("preferences", "customers:customer-preferences", _("Preferences"), 30))
    register_entry(
        "data-categories",
        "customers:data-categories",
        _("Data categories"),
        "shield",
        690,
        "customers.view_data_categories",
    )
