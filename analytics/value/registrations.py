"""What value tells the other parts: policy, data categories, audit, marks, places, tab."""

from django.utils.translation import gettext_lazy as _

from analytics.value import data_categories, policies
from crm_site.audit.events import declare

EVENTS = {
    "value.income": _("Income of a customer booked"),
    "value.income_reversed": _("Income of a customer reversed"),
    "value.cost": _("Cost of customers booked"),
    "value.cost_reversed": _("Cost of customers reversed"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    data_categories.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
