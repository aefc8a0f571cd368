"""What care tell the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.choices import register_trigger
from customers.purchase.hooks import register_follow_up
from customers.rules.turns import Area
from customers.services.reaching import REASONS
from customers.services.taking_turns import register_turns
from service.care import choices, forms_of_record, policies, registers
from service.care.models import (
    CareEvent,
    CareGiftList,
    CareIssue,
    CareItem,
    CarePlan,
    FundProposal,
)
from service.care.rules import HANDED_OVER, REGULAR, SIGNED
from service.care.services import events, greeting, papers, starting

VIEW = "service.view_care"
AUDIT_KINDS = (
    ("care.step_saved", _("Step of the care programme saved")),
    ("care.plan_approved", _("Care plan approved")),
    ("care.gifts_approved", _("Gifts to owners approved")),
    ("care.proposal_approved", _("Proposal of a care fund approved")),
    ("care.fund_moved", _("Money of a care fund moved")),
    ("care.occasion_removed", _("Day of joy of a customer removed")),
    ("care.event_closed", _("Event closed")),
    ("care.event_cancelled", _("Event called off")),
)
MARKS: dict[str, tuple[Any, dict[str, tuple[str, str]]]] = {
    "care-item": (
        choices.ITEM_STATES,
        {
            "due": ("blue", "ring"),
            "overdue": ("red", "tri"),
            "done": ("green", "tick"),
            "dropped": ("", "cross"),
        },
    ),
    "care-paper": (
        choices.PAPER_STATES,
        {
            "draft": ("", "ring"),
            "waiting": ("amber", "half"),
            "approved": ("blue", "tick"),
            "spent": ("amber", "dia"),
            "finished": ("green", "tick"),
        },
    ),
    "care-event": (
        choices.EVENT_STATES,
        {"planned": ("blue", "ring"), "closed": ("green", "tick"), "cancelled": ("", "cross")},
    ),
}
SUBJECTS = (
    (forms_of_record.ITEM, CareItem, "care-item", _("Owner care")),
    ("care-plan", CarePlan, "care-plan", _("Care plan")),
    ("care-gifts", CareGiftList, "care-gift-list", _("Gifts to owners")),
    ("fund-proposal", FundProposal, "care-proposal", _("Proposal of a care fund")),
    ("care-event", CareEvent, "care-event", pgettext_lazy("care", "Event")),
    ("care-issue", CareIssue, "care-issue", _("Newsletter")),
)
ENTRIES = (
    ("care", "care-programme", _("Eight-step care"), 582),
    ("care-callbacks", "care-callbacks", _("Callbacks"), 583),
    ("care-calendar", "care-calendar", _("Care calendar"), 584),
    ("care-greetings", "care-greetings", _("Greetings and gifts"), 584),
    ("care-events", "care-events", pgettext_lazy("care", "Events"), 585),
    ("care-issues", "care-issues", _("Newsletters"), 585),
    ("care-plans", "care-plans", _("Care plans"), 586),
    ("care-funds", "care-funds", _("Care funds"), 587),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    register_turns(Area.CARE, sources=["playbook"], kinds=["care."])
    for key, label in (
        (SIGNED, _("Contract signed")),
        (HANDED_OVER, _("Home handed over")),
        (REGULAR, _("Regular call to an owner is due")),
    ):
        register_trigger(key, label)
    for part in (policies, forms_of_record, registers, greeting, papers, events):
        part.register()
    for key, label in AUDIT_KINDS:
        declare(key, label)
    for name, (words, tones) in MARKS.items():
        register_marks(name, {value: Mark(*tones[value], word=word) for value, word in words})
    held = {key: Mark("amber", "half", word=words) for key, words in REASONS.items()}
    register_marks("care-held-back", held)
    for kind, model, url, label in SUBJECTS:
        register_subject(
            Subject(
                kind=kind,
                model=f"service.{model.__name__}",
                visible_to=_finder(model),
                title=str,
                url_name=f"service:{url}",
                label=label,
            )
        )
    for key, url, label, order in ENTRIES:
        parent = "" if key == "care" else "care"
        register_entry(key, f"service:{url}", label, "gift", order, VIEW, parent=parent)
    register_follow_up("care", starting.follow)


def _finder(model: Any) -> Any:
    return lambda user: model.objects.visible_to(user)
