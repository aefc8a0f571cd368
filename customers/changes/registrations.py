"""What changes of homes tell the other parts: events, marks, gates, the part of a purchase."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.subjects import Subject, register_subject
from customers.changes import choices, individual, policies, sold
from customers.changes.models import HomeChange, IndividualChange
from customers.changes.rules import UNFINISHED
from customers.purchase.hooks import (
    PartState,
    PurchasePart,
    register_follow_up,
    register_gate,
    register_part,
)
from customers.purchase.models import Purchase
from customers.purchase.rules import Step

EVENTS = {
    "change.asked": gettext_lazy("Individual change asked for"),
    "change.signed": gettext_lazy("Individual change signed by the customer"),
    "change.executed": gettext_lazy("Individual change carried out"),
    "change.checked": gettext_lazy("Individual change checked"),
    "home_change.decided": gettext_lazy("Change of sold homes written down"),
    "home_change.sent": gettext_lazy("Messages about a change of sold homes written"),
    "home_change.told": gettext_lazy("Buyer told of a change of the home"),
    "home_change.answered": gettext_lazy("Buyer's answer to a change written down"),
}
TONES = {
    "asked": ("amber", "half"),
    "approved": ("blue", "dia"),
    "refused": ("red", "cross"),
    "withdrawn": ("", "cross"),
    "signed": ("blue", "half"),
    "executed": ("blue", "dot"),
    "checked": ("green", "tick"),
    "agreed": ("green", "tick"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, words in (
        ("individual-change", choices.STATES),
        ("change-answer", choices.ANSWERS),
    ):
        register_marks(kind, {value: Mark(*TONES[value], word=word) for value, word in words})
    individual.register()
    sold.register()
    register_gate(Step.SIGN, "home-changes", sold.untold)
    register_gate(Step.HAND_OVER, "home-changes", sold.unanswered)
    register_gate(Step.HAND_OVER, "individual-changes", individual.unfinished)
    register_follow_up("home-changes", sold.include_purchase)
    _register_part()
    _register_subjects()


def _register_part() -> None:
    register_part(
        PurchasePart(
            key="changes",
            label=gettext_lazy("Changes of the home"),
            url_name="customers:purchase-changes",
            permission="customers.view_units",
            order=60,
            state=_state,
        )
    )


def _state(purchase: Purchase, _now: datetime) -> PartState | None:
    counted = IndividualChange.objects.filter(purchase=purchase).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(state__in=UNFINISHED))
    )
    if not counted["all"] and purchase.state not in sold.SOLD:
        return None
    if counted["open"]:
        words = ngettext("%(n)s not finished", "%(n)s not finished", counted["open"])
        return PartState(words % {"n": counted["open"]}, "amber")
    return PartState(_("Finished") if counted["all"] else pgettext("changes of a home", "None"), "")


def _register_subjects() -> None:
    register_subject(
        Subject(
            kind=individual.SUBJECT,
            model="customers.IndividualChange",
            visible_to=lambda user: IndividualChange.objects.visible_to(user),
            title=str,
        )
    )
    register_subject(
        Subject(
            kind=sold.SUBJECT,
            model="customers.HomeChange",
            visible_to=lambda user: HomeChange.objects.visible_to(user),
            title=str,
            url_name="customers:home-change",
        )
    )
