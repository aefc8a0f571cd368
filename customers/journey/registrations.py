"""What the buyer's way tells the other parts: gates, parts, events, policies."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.registers.registry import register_definition
from customers.journey import desk, file, policies, specialists, tours, viewings
from customers.purchase.hooks import (
    PurchaseColumn,
    PurchasePart,
    register_column,
    register_follow_up,
    register_gate,
    register_part,
)
from customers.purchase.rules import Step
from customers.record_tabs import RecordTab, register_tab

EVENTS = {
    "file.told": _("Buyer told items of the interaction file"),
    "file.confirmed": _("Buyer confirmed items of the interaction file"),
    "purchase.specialist_named": _("Customer specialist named"),
    "customer.remote_flagged": _("Flagged as remote buyer"),
    "desk.notice": _("Notice to a sales site"),
    "viewing.booked": _("Viewing booked"),
    "viewing.confirmed": _("Viewing confirmed"),
    "viewing.checked_in": _("Viewer checked in"),
    "viewing.called_off": _("Viewing called off"),
    "viewing.no_show": _("Viewer did not come"),
}
VIEW = "customers.view_units"
TAB = "way"


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    _file()
    _specialists()
    _viewings()
    _ways()
    _desk()


def _file() -> None:
    register_gate(Step.SIGN, "interaction-file", file.unconfirmed)
    label = _("Interaction file")
    register_part(PurchasePart("file", label, "customers:purchase-file", VIEW, 10, file.file_state))
    register_column(PurchaseColumn("file", label, VIEW, file.file_states))
    register_entry(
        "files",
        "customers:purchase-files",
        _("Open interaction files"),
        "check",
        43,
        VIEW,
        parent="units",
    )


def _specialists() -> None:
    register_follow_up("specialist", specialists.follow)
    register_part(
        PurchasePart(
            "specialist",
            _("Customer specialist"),
            "customers:purchase-specialist",
            VIEW,
            20,
            specialists.part_state,
        )
    )
    register_entry(
        "first-contacts",
        "customers:first-contacts",
        _("First contacts by specialists"),
        "phone",
        44,
        VIEW,
        parent="units",
    )


def _viewings() -> None:
    viewings.declare_messages()
    register_entry(
        "viewings",
        "customers:viewing-list",
        _("Viewings"),
        "calendar",
        15,
        "customers.view_units",
        parent="meetings",
    )


def _ways() -> None:
    tours.register_messages()
    register_tab(RecordTab(TAB, "customers:customer-way", pgettext_lazy("tab", "One-stop"), 24))
    register_entry(
        "ways",
        "customers:way-list",
        _("From enquiry to contract"),
        "swap",
        45,
        "customers.view_customer",
        parent="customers",
    )


def _desk() -> None:
    desk.register_messages()
    for definition in desk.REGISTERS:
        register_definition(definition)
    register_entry("desk", "customers:desk", _("Customer desk"), "home", 19, desk.DESK)
