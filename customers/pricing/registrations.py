"""What prices tell the other parts: subjects, events, marks, places, policies, approvals."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import declare
from crm_site.common.display import local_dt, money
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange.registry import register_importer, register_messages
from customers.pricing import choices, policies
from customers.pricing.importing import prices as importing
from customers.pricing.importing.messages import MESSAGES
from customers.pricing.models import DiscountRequest, PriceLetter, PriceList
from customers.pricing.rules import CHAIN, DIRECT_LIST, SIGN_LIST, list_steps
from customers.pricing.services import discounts, lists

EVENTS = {
    "price_list.begun": _("Price list begun"),
    "price_list.priced": _("Prices written into a draft"),
    "price_list.submitted": _("Price list submitted"),
    "price_list.approved": _("Price list approved"),
    "price_list.dropped": _("Draft of a price list thrown away"),
    "price_list.imported": _("Prices imported into a draft"),
    "price_list.import_reverted": _("Import of prices reverted"),
    "discount.asked": _("Discount asked for"),
    "discount.used": _("Discount used"),
    "price_letter.issued": _("Price letter issued"),
    "price_letter.signed": _("Price letter signed by the customer"),
    "price_letter.countersigned": _("Price letter signed by the company"),
}
TONES = {
    "draft": ("", "ring"),
    "submitted": ("amber", "half"),
    "waiting": ("amber", "half"),
    "approved": ("green", "tick"),
    "refused": ("red", "cross"),
    "withdrawn": ("", "cross"),
    "expired": ("", "cross"),
    "used": ("blue", "dot"),
    "issued": ("amber", "half"),
    "signed": ("blue", "dia"),
    "countersigned": ("green", "tick"),
}
SIGNED_WITHIN = timedelta(days=14)
USED_WITHIN = timedelta(days=120)  # the policy's days end a discount; this only bounds them
VIEW = "customers.view_units"


def describe_list(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a price list in words for who signs it."""
    moment = parse_datetime(content["wanted_from"]) if content["wanted_from"] else None
    changes, restraint = content["changes"], content["restraint"]
    lines = [
        (_("Project"), content["project"]),
        (_("Counts from"), local_dt(moment) if moment else _("the last signature")),
        (_("Units"), content["units"]),
        (_("Raised, lowered, first price"), _counts(content)),
        (_("Sum before"), money(content["old_sum"])),
        (_("Sum after"), money(content["new_sum"])),
        (_("Letters broken"), content["letters"]),
        (_("Expected compensation"), money(content["compensation"])),
        (_("Changes this quarter, this one included"), changes),
        (_("What customers are told"), content["message_plan"] or "--"),
    ]
    if changes >= restraint:
        lines.append((_("Warning"), _("The director signs as well: prices changed too often.")))
    return lines


def _counts(content: Mapping[str, Any]) -> str:
    return " / ".join(str(content[name]) for name in ("raised", "lowered", "first"))


def describe_discount(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a discount in words for who signs it; the floor price itself is not told."""
    lines = [
        (_("Unit"), content["unit_name"]),
        (_("List price"), money(content["list_total"])),
        (_("Asked total"), money(content["asked_total"])),
        (_("Gift"), content["gift"] or "--"),
    ]
    if content["is_below_floor"]:
        lines.append((_("Warning"), _("This is below the floor price.")))
    return lines


def register() -> None:
    """Make everything of this area known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, words in (
        ("price_list", choices.LIST_STATES),
        ("discount", choices.DISCOUNT_STATES),
        ("price_letter", choices.LETTER_STATES),
    ):
        register_marks(kind, {value: Mark(*TONES[value], word=word) for value, word in words})
    register_importer(importing.IMPORTER)
    register_messages(MESSAGES)
    _register_approvals()
    _register_subjects()
    for key, url, label, icon, order, parent in (
        ("prices", "price-lists", _("Prices"), "tag", 44, ""),
        ("discounts", "discount-list", _("Discounts"), "gift", 45, "prices"),
        (
            "letters",
            "price-letter-list",
            pgettext_lazy("page", "Price letters"),
            "file",
            46,
            "prices",
        ),
    ):
        register_entry(key, f"customers:{url}", label, icon, order, VIEW, parent=parent)


def _register_approvals() -> None:
    register_approval(
        ApprovalKind(
            key=lists.KIND,
            label=_("Price list"),
            steps=lambda content: list_steps(
                earlier_changes=content["changes"] - 1, restraint=content["restraint"]
            ),
            signers=(SIGN_LIST, DIRECT_LIST),
            valid_for=SIGNED_WITHIN,
            describe=describe_list,
            request_permission="customers.edit_prices",
            on_decided=lists.decide_list,
        )
    )
    register_approval(
        ApprovalKind(
            key=discounts.KIND,
            label=_("Discount"),
            steps=lambda content: tuple(content["steps"]),
            signers=CHAIN,
            valid_for=USED_WITHIN,
            describe=describe_discount,
            request_permission="customers.sell_unit",
            on_decided=discounts.decide_discount,
        )
    )


def _register_subjects() -> None:
    register_subject(
        Subject(
            kind="price_list",
            model="customers.PriceList",
            visible_to=lambda user: PriceList.objects.visible_to(user).select_related("project"),
            title=str,
            url_name="customers:price-list-detail",
        )
    )
    register_subject(
        Subject(
            kind="discount",
            model="customers.DiscountRequest",
            visible_to=lambda user: DiscountRequest.objects.visible_to(user).select_related(
                "unit__building"
            ),
            title=str,
            url_name="customers:discount-detail",
        )
    )
    register_subject(
        Subject(
            kind="price_letter",
            model="customers.PriceLetter",
            visible_to=lambda user: PriceLetter.objects.visible_to(user).defer("document"),
            title=str,
            url_name="customers:price-letter-detail",
        )
    )
