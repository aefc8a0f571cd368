"""What segments tells the other parts."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.record_tabs import RecordTab, register_tab
from marketing.segments import campaign_card, data_categories, offering, policies, words
from marketing.segments.models import Opportunity, Segment
from marketing.segments.querysets import RUN_PROGRAMME, SEE_CHANCES, SEE_PROGRAMME, VIEW
from marketing.segments.services import informing, recommending

EVENTS: Final = {
    "segment.saved": _("Segment saved"),
    "segment.put_away": _("Segment put away"),
    "segment.frozen": _("Segment frozen"),
    "segment.exported": _("Segment exported in hashed form"),
    "segment.spend": _("Spend of a placement noted"),
    "opportunity.taken": _("Opportunity taken in hand"),
    "opportunity.closed": _("Opportunity closed"),
    "information.sent": _("Information sent to un-closed customers"),
    "programme.moved": _("Customers brought to a step"),
}
TONES: Final = {"open": ("blue", "ring"), "working": ("amber", "half"), "closed": ("", "tick")}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    recommending.register()
    offering.register()
    data_categories.register()
    campaign_card.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    marks = {value: Mark(*TONES[value], word=word) for value, word in words.OPPORTUNITY_STATES}
    register_marks("opportunity", marks)
    _subjects()
    declare_message(
        MessageKind(key=informing.MESSAGE, title="%(title)s", body="%(body)s", channels=())
    )
    register_tab(
        RecordTab(
            "chances",
            "marketing:customer-chances",
            pgettext_lazy("tab", "Opportunities"),
            85,
            SEE_CHANCES,
        )
    )
    _places()


def _subjects() -> None:
    register_subject(
        Subject(
            kind="segment",
            model="marketing.Segment",
            visible_to=lambda user: Segment.objects.visible_to(user),
            title=str,
            url_name="marketing:segment",
            label=pgettext_lazy("marketing", "Segments"),
        )
    )
    register_subject(
        Subject(
            kind="opportunity",
            model="marketing.Opportunity",
            visible_to=lambda user: Opportunity.objects.visible_to(user).select_related("customer"),
            title=str,
            url_name="marketing:opportunity",
            label=_("Opportunities"),
        )
    )


def _places() -> None:
    register_entry(
        "segments", "marketing:segments", pgettext_lazy("marketing", "Segments"), "users", 340, VIEW
    )
    register_entry(
        "audiences", "marketing:audiences", _("Placements"), "chart", 341, VIEW, parent="segments"
    )
    main = "opportunities"
    register_entry(main, "marketing:opportunities", _("Opportunities"), "star", 345, SEE_CHANCES)
    for key, label, icon, order, right in (
        ("nurture", _("Un-closed customers"), "msg", 346, SEE_CHANCES),
        ("investors", _("Investors"), "home", 347, SEE_CHANCES),
        ("programme", _("Customer programme"), "chart", 348, SEE_PROGRAMME),
        ("ranking", _("Ranking"), "chart", 349, RUN_PROGRAMME),
        ("team-points", _("Team points"), "star", 349, SEE_PROGRAMME),
    ):
        register_entry(key, f"marketing:{key}", label, icon, order, right, parent=main)
