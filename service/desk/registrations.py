"""What the desk tells the other parts: policy, events, marks, places, tabs, follow-ups."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.record_tabs import RecordTab, register_tab
from service.desk import choices, information, policies, quality
from service.desk.hooks import register_answers
from service.desk.models import DeskCall, QualitySample
from service.desk.origin import origin_of
from service.desk.querysets import LEAD, WORK
from service.desk.services import feedback, feedback_import
from service.tickets.hooks import (
    TicketTab,
    register_import_follow_up,
    register_ticket_follow_up,
    register_ticket_tab,
)

EVENTS = {
    "call.accepted": _("Call accepted"),
    "call.named": _("Caller named"),
    "call.wrapped_up": _("Call noted"),
    "desk.seat_kept": _("Seat at the desk given"),
    "desk.taken": _("Taken from the queue"),
    "quality.scored": _("Call or case scored"),
}
CALL_TONES = {
    "ringing": ("blue", "half"),
    "active": ("green", "dot"),
    "held": ("amber", "half"),
    "ended": ("", "tick"),
    "missed": ("red", "cross"),
    "voicemail": ("amber", "ring"),
}
MODE_TONES = {"staffed": ("green", "dot"), "automatic": ("amber", "half")}
SEAT_TONES = {
    "ready": ("green", "dot"),
    "busy": ("blue", "half"),
    "after": ("amber", "half"),
    "break": ("amber", "ring"),
    "away": ("", "ring"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    _marks("call", choices.CALL_STATES, CALL_TONES)
    _marks("hotline", choices.MODES, MODE_TONES)
    _marks("seat", choices.SEAT_STATES, SEAT_TONES)
    register_subject(
        Subject(
            kind="call",
            model="service.DeskCall",
            visible_to=lambda user: DeskCall.objects.visible_to(user),
            title=str,
            url_name="service:call-detail",
            label=pgettext_lazy("page", "Calls"),
        )
    )
    register_subject(
        Subject(
            kind="quality_sample",
            model="service.QualitySample",
            visible_to=lambda user: QualitySample.objects.visible_to(user),
            title=str,
            url_name="service:sample-detail",
            label=_("Quality samples"),
        )
    )
    quality.register()
    register_ticket_follow_up("desk-feedback", feedback.follow_ticket)
    register_import_follow_up("desk-feedback", feedback_import.follow_imported)
    for topic, answers in information.TOPICS.items():
        register_answers(topic, answers)
    register_ticket_tab(
        TicketTab(
            name="desk",
            label=_("How it came in"),
            order=60,
            template="service/desk/_origin.html",
            context=origin_of,
            right=WORK,
        )
    )
    _places()
    register_tab(
        RecordTab("contacts", "service:customer-contacts", _("All contacts"), 45, permission=WORK)
    )


def _marks(kind: str, words: Sequence[tuple[str, Any]], tones: dict[str, tuple[str, str]]) -> None:
    register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})


def _places() -> None:
    top = ("service:desk", pgettext_lazy("page", "Call desk"), "headset", 12)
    register_entry("call-desk", *top, WORK)
    below = (
        ("desk-queue", "service:desk-queue", pgettext_lazy("page", "Queue"), "layers", 13, WORK),
        ("desk-calls", "service:call-list", pgettext_lazy("page", "Calls"), "phone", 14, WORK),
        ("desk-quality", "service:sample-list", pgettext_lazy("page", "Quality"), "star", 15, WORK),
        ("desk-feedback", "service:feedback-list", _("Feedback"), "msg", 16, WORK),
        ("desk-team", "service:desk-team", pgettext_lazy("page", "Agents"), "users", 15, LEAD),
    )
    for key, url, label, icon, order, right in below:
        register_entry(key, url, label, icon, order, right, parent="call-desk")
