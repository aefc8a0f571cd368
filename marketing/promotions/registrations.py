"""What promotions tell the other parts."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import declare
from crm_site.common.display import local_dt, money
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.record_tabs import RecordTab, register_tab
from marketing.campaigns.hooks import Panel, register_campaign_panel
from marketing.promotions import choices, offering, policies, recommending
from marketing.promotions.models import CouponIssue, GroupPurchase, Promotion
from marketing.promotions.querysets import APPLY, DIRECT, KEEP, SIGN, VIEW
from marketing.promotions.selectors import issues_of, redemptions_of
from marketing.promotions.services.groups import MISSED, REACHED
from marketing.promotions.services.writing import KIND, SIGNED_WITHIN, decide_promotion

EVENTS: Final = {
    "promotion.written": _("Promotion written"),
    "promotion.changed": _("Promotion changed"),
    "promotion.submitted": _("Promotion sent for approval"),
    "promotion.decided": _("Promotion decided"),
    "promotion.stopped": _("Promotion stopped"),
    "promotion.reviewed": _("Promotion reviewed"),
    "promotion.applied": _("Promotion used for a unit"),
    "promotion.group_opened": _("Group purchase opened"),
    "promotion.group_joined": _("Household joined a group purchase"),
    "promotion.group_left": _("Household left a group purchase"),
    "promotion.group_reached": _("Group purchase reached its size"),
    "promotion.group_missed": _("Group purchase not reached"),
    "promotion.group_refunded": _("Group purchase refunded"),
    "promotion.issue_written": _("Issue of coupons written"),
    "promotion.coupons_issued": _("Coupons handed out"),
    "promotion.coupon_used": _("Coupon used"),
    "promotion.coupon_void": _("Coupon taken back"),
}
MARKS: Final[dict[str, tuple[Any, dict[str, tuple[str, str]]]]] = {
    "promotion": (
        choices.STATES,
        {
            "draft": ("", "ring"),
            "waiting": ("amber", "half"),
            "approved": ("green", "tick"),
            "refused": ("red", "cross"),
            "stopped": ("red", "cross"),
            "reviewed": ("blue", "tick"),
        },
    ),
    "promotion-use": (
        choices.USE_STATES,
        {"asked": ("amber", "half"), "granted": ("green", "tick"), "released": ("", "cross")},
    ),
    "group-purchase": (
        choices.GROUP_STATES,
        {"open": ("blue", "ring"), "reached": ("green", "tick"), "missed": ("red", "cross")},
    ),
    "coupon": (
        choices.COUPON_STATES,
        {"issued": ("blue", "ring"), "used": ("green", "tick"), "void": ("", "cross")},
    ),
}
MESSAGES: Final = (
    MessageKind(
        key=REACHED,
        label=_("A group purchase reached its size"),
        title=_("%(name)s is reached: %(size)s households of %(needed)s"),
        icon="gift",
        tone="green",
    ),
    MessageKind(
        key=MISSED,
        label=_("A group purchase was not reached"),
        title=_("%(name)s was not reached: %(size)s households of %(needed)s"),
        body=_("What was paid in is due back."),
        icon="alert",
        tone="amber",
    ),
)
PLACES: Final = (
    ("promotions", "promotions", pgettext_lazy("page", "Promotions"), 370, ""),
    ("group-purchases", "group-purchases", _("Group purchases"), 371, "promotions"),
    ("coupon-issues", "coupon-issues", pgettext_lazy("page", "Coupons"), 372, "promotions"),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    recommending.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (words, tones) in MARKS.items():
        register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})
    for message in MESSAGES:
        declare_message(message)
    offering.register()
    _register_subjects()
    register_approval(
        ApprovalKind(
            key=KIND,
            label=pgettext_lazy("approval", "Promotion"),
            steps=lambda content: tuple(content["steps"]),
            signers=(SIGN, DIRECT),
            valid_for=SIGNED_WITHIN,
            describe=describe,
            request_permission=KEEP,
            on_decided=decide_promotion,
        )
    )
    register_tab(
        RecordTab(
            "offers", "marketing:customer-offers", pgettext_lazy("promotion", "Offers"), 74, APPLY
        )
    )
    register_campaign_panel(
        Panel(
            key="coupons",
            title=_("Coupons and promotions"),
            template="marketing/promotions/_campaign.html",
            build=_campaign_card,
            permission=VIEW,
        )
    )
    for key, url_name, label, order, parent in PLACES:
        register_entry(key, f"marketing:{url_name}", label, "gift", order, VIEW, parent=parent)


def describe(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return in words what is signed."""
    gives = content["gift"] if content["benefit"] == "gift" else content["value"]
    return [
        (_("Promotion"), f"{content['code']} {content['name']}"),
        (pgettext_lazy("promotion", "Kind"), dict(choices.KINDS)[content["kind"]]),
        (_("Project"), content["project_name"]),
        (_("Buildings"), ", ".join(content["buildings"]) or _("The whole project")),
        (_("From"), _moment(content["from"])),
        (_("Until"), _moment(content["until"])),
        (dict(choices.BENEFITS)[content["benefit"]], gives),
        (_("Stacking"), dict(choices.STACKING)[content["stacking"]]),
        (_("Stock"), content["stock"] or _("Without limit")),
        (_("Expected cost"), money(content["cost"])),
        (_("Rules"), content["rules"]),
        (_("Market situation"), content["market"]),
        (_("Customers' need"), content["need"]),
        (_("Sales goal"), content["goal"]),
    ]


def _moment(text: str) -> str:
    return local_dt(parse_datetime(text))


def _campaign_card(campaign: Any, _user: Any) -> dict[str, Any]:
    return {"total": redemptions_of(campaign.code), "issues": issues_of(campaign.code)}


def _register_subjects() -> None:
    for kind, model, url_name, label in (
        ("promotion", Promotion, "promotion", pgettext_lazy("page", "Promotions")),
        ("group_purchase", GroupPurchase, "group-purchase", _("Group purchases")),
        ("coupon_issue", CouponIssue, "coupon-issue", pgettext_lazy("page", "Coupons")),
    ):
        register_subject(
            Subject(
                kind=kind,
                model=f"marketing.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"marketing:{url_name}",
                label=label,
            )
        )
