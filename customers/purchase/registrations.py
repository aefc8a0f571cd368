"""What units and purchases tell the other parts: subjects, events, marks, places, policies."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange.registry import register_importer, register_messages
from customers.property import choices as units
from customers.property.models import Unit
from customers.purchase import choices, policies, record
from customers.purchase.hooks import register_gate
from customers.purchase.importing import bookings as importing
from customers.purchase.importing.messages import MESSAGES
from customers.purchase.models import Purchase
from customers.purchase.rules import CONTROL, EDGES, Step
from customers.purchase.services.changing import KIND_OF_STEP
from customers.record_tabs import RecordTab, register_tab
from customers.selectors.history import register_history
from customers.selectors.today import register_today

EVENTS = {
    "unit.withheld": _("Unit withheld"),
    "unit.offered": _("Unit offered again"),
    "purchase.overridden": _("Hold taken away"),
    "purchase.presubscribed": _("Unit pre-subscribed"),
    "purchase.subscribed": _("Unit subscribed"),
    "purchase.signed": _("Contract signed"),
    "purchase.handed_over": _("Unit handed over"),
    "purchase.cancelled": _("Purchase cancelled"),
    "purchase.unsigned": _("Signature taken back"),
    "purchase.name_changed": _("Buyer's name changed"),
    "purchase.unit_changed": _("Unit changed"),
    "purchase.imported": _("Bookings imported"),
    "purchase.import_reverted": _("Import of bookings reverted"),
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
    for step, label, steps in (
        (Step.UNSIGN, _("Take a signed contract back"), (CONTROL, "customers.approve_refund")),
        (Step.CHANGE_NAME, _("Change the buyer's name"), (CONTROL,)),
    ):
        register_approval(
            ApprovalKind(
                key=KIND_OF_STEP[step],
                label=label,
                steps=steps,
                valid_for=timedelta(days=7),
                describe=_described,
                request_permission=EDGES[step].right,
            )
        )
    register_importer(importing.IMPORTER)
    register_messages(MESSAGES)
    register_gate(Step.SIGN, "unit", without_unit)
    view = "customers.view_units"
    register_tab(
        RecordTab(
            record.TAB, "customers:customer-purchases", pgettext_lazy("tab", "Units"), 25, view
        )
    )
    register_history("purchase", record.HISTORY, record.printed)
    register_today(record.section())
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


def without_unit(purchase: Purchase, _now: datetime) -> list[str]:
    """Name what keeps a booking of another system, which knew no unit, from the signature."""
    return [] if purchase.unit_id else [gettext("The unit is not named. Change the unit first.")]


def _described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what is signed, in words; keys alone say who the customers are."""
    unit = Unit.objects.select_related("building").filter(pk=content["unit"]).first()
    lines: list[tuple[Any, Any]] = [
        (_("Unit"), unit or "--"),
        (_("State"), dict(choices.STATES).get(content["state"], content["state"])),
        (_("Contract number"), content["contract_no"] or "--"),
        (_("Agreed price (yuan)"), content["agreed_total"] or "--"),
        (_("Buyer"), f"#{content['customer']}"),
    ]
    if "new_buyer" in content:
        lines.append((_("New buyer"), f"#{content['new_buyer']}"))
    return lines
