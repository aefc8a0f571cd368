"""Stored figures of a price change as the page prints them, names looked up for the reader."""

from typing import Any

from django.utils.translation import pgettext_lazy

from customers.masking import phone_for
from customers.models import Customer
from customers.purchase.models import Purchase

GROUPS = {
    "interested": pgettext_lazy("price change", "Interested"),
    "held": pgettext_lazy("price change", "Held or pre-subscribed"),
    "subscribed": pgettext_lazy("price change", "Subscribed"),
    "signed": pgettext_lazy("price change", "Signed lately"),
}
SHOWN = 50


def group_lines(radius: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the groups of customers with their words."""
    return [line | {"label": GROUPS[line["group"]]} for line in radius["groups"]]


def call_lines(radius: dict[str, Any], *, user: Any) -> list[dict[str, Any]]:
    """Return whom ``user`` may call, the greatest exposure first, phones as the role sees them."""
    calls = radius["calls"][:SHOWN]
    customers = Customer.objects.visible_to(user).select_related("owner")
    found = customers.in_bulk([line["customer"] for line in calls])
    purchases = Purchase.objects.select_related("unit__building").in_bulk(
        [line["purchase"] for line in calls]
    )
    return [
        line
        | {
            "customer": customer,
            "unit": purchases[line["purchase"]].unit if line["purchase"] in purchases else None,
            "phone": phone_for(user, customer),
            "label": GROUPS[line["group"]],
        }
        for line in calls
        if (customer := found.get(line["customer"])) is not None
    ]
