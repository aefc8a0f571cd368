"""What units and purchases tell the other parts: subjects, events, marks, places, policies."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.property import choices as units
from customers.property.models import Unit
from customers.purchase import choices, policies
from customers.purchase.models import Purchase

EVENTS = {
    "unit.withheld": _("Unit withheld"),
    "unit.offered": _("Unit offered again"),
    "purchase.overridden": _("Hold taken away"),
    "purchase.presubscribed": _("Unit pre-subscribed"),
    "purchase.subscribed": _("Unit subscribed"),
    "purchase.signed": _("Contract signed"),
    "purchase.cancelled": _("Purchase cancelled"),
}
UNIT_TONES = {
    "available": ("green", "ring"),
    "held": ("amber", "half"),
    "presubscribed": ("amber", "tri"),
    "subscribed": ("blue", "dia"),
    "signed": ("", "dot"),
    "handed_over": ("", "tick"),
    "withheld": ("", "cross"),
}
PURCHASE_TONES = UNIT_TONES | {
    "expired": ("", "cross"),
    "released": ("", "cross"),
    "cancelled": ("red", "cross"),
    "refunded": ("red", "cross"),
    "changed": ("", "ring"),
}


def register() -> None:
    """Make everything of this area known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, tones, words in (
        ("unit", UNIT_TONES, units.STATES),
        ("purchase", PURCHASE_TONES, choices.STATES),
    ):
        register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})
    register_subject(
        Subject(
            kind="unit",
            model="customers.Unit",
            visible_to=lambda user: Unit.objects.visible_to(user).select_related("building"),
            title=str,
            url_name="customers:unit-detail",
            label=_("Unit"),
        )
    )
    register_subject(
        Subject(
            kind="purchase",
            model="customers.Purchase",
            visible_to=lambda user: Purchase.objects.visible_to(user).select_related(
                "unit__building", "project"
            ),
            title=str,
            url_name="customers:purchase-detail",
            label=_("Purchase"),
        )
    )
    view = "customers.view_units"
    register_entry("units", "customers:unit-board", _("Units"), "building", 40, view)
    register_entry(
        "purchases",
        "customers:purchase-list",
        pgettext_lazy("page", "Purchases"),
        "file",
        42,
        view,
        parent="units",
    )
