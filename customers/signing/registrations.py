"""What signing tells the other parts: policy, events, marks, parts, places."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from customers.paperwork.selectors import checklist
from customers.purchase.hooks import (
    PartState,
    PurchasePart,
    register_follow_up,
    register_part,
)
from customers.purchase.models import Purchase
from customers.purchase.rules import Step, may_step
from customers.signing import choices, messages, policies
from customers.signing.models import SigningRequest, SigningTime
from customers.signing.services import desks, requesting

EVENTS = {
    "signing.sent": gettext_lazy("Contract sent for online signature"),
    "signing.signed": gettext_lazy("Contract signed online"),
    "signing.declined": gettext_lazy("Online signature declined"),
    "signing.expired": gettext_lazy("Online signature ran out"),
    "signing.failed": gettext_lazy("Contract not taken by the e-sign provider"),
    "signing.withdrawn": gettext_lazy("Online signature called back"),
    "desk.booked": gettext_lazy("Signing desk booked"),
    "desk.cancelled": gettext_lazy("Signing desk given back"),
}
TONES = {
    "waiting": ("amber", "half"),
    "sent": ("amber", "half"),
    "signed": ("green", "tick"),
    "declined": ("red", "cross"),
    "expired": ("", "cross"),
    "failed": ("red", "cross"),
    "withdrawn": ("", "cross"),
}
WORDS = dict(choices.STATES)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    marks = {value: Mark(*TONES[value], word=word) for value, word in choices.STATES}
    register_marks("online_signature", marks)
    register_follow_up("signing-request", requesting.follow_step)
    register_follow_up("signing-time", requesting.note_time)
    register_follow_up("signing-desk", desks.free_after_step)
    register_part(
        PurchasePart(
            key="signing",
            label=pgettext_lazy("purchase", "Signing"),
            url_name="customers:purchase-signing",
            permission="customers.view_units",
            order=40,
            state=signing_state,
        )
    )
    register_entry(
        "signing-times",
        "customers:signing-times",
        pgettext_lazy("page", "Signing times"),
        "clock",
        43,
        "customers.view_units",
        parent="units",
    )


def signing_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how the signature stands: online, by its papers, or how long it took."""
    if not may_step(purchase.state, Step.SIGN):
        taken = SigningTime.objects.filter(purchase=purchase).first()
        if taken is None:
            return None
        words = _("%(hours)s h, target %(target)s h") % {
            "hours": taken.hours,
            "target": taken.target_hours,
        }
        return PartState(words, "green" if taken.is_within else "amber")
    last = SigningRequest.objects.filter(purchase=purchase).order_by("-created_at", "-pk").first()
    if last is not None:
        return PartState(WORDS[last.state], TONES[last.state][0])
    papers = checklist(purchase, "signing", now=now)
    words = _("%(here)s of %(all)s papers") % {"here": papers.here, "all": len(papers.lines)}
    return PartState(words, "green" if papers.is_complete else "amber")
