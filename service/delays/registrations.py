"""What delays tell the other parts: policy, register, documents, messages, places."""

from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from service.delays import choices, facilities, panels, papers, policies
from service.delays.models import VIEW, DelayRisk
from service.delays.services.watching import ALERT, FACILITY_ALERT, OVER, SUBJECT

EVENTS = {
    "delay.told": _("Delay told to the customer centre"),
    "delay.ended": _("Delay ended"),
    "delay.term_changed": _("Promised day of a home changed"),
    "delay.notice": _("Notice of a delay handed on"),
}


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """Return the words of a message with days and ending as its reader writes them."""
    words = dict(params)
    for name in ("due", "forecast"):
        day = parse_date(str(params[name]))
        words[name] = date_format(day, "SHORT_DATE_FORMAT") if day else params[name]
    words["ending"] = dict(choices.ENDINGS).get(params["ending"], "")
    return words


MESSAGES = (
    MessageKind(
        key=ALERT,
        label=_("A handover will be late"),
        title=_("%(what)s: handover expected %(days)s days late"),
        body=_("Promised for %(due)s, expected on %(forecast)s. %(homes)s homes are affected."),
        icon="alert",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=FACILITY_ALERT,
        label=_("A promised facility will be late"),
        title=_("%(what)s: expected %(days)s days late"),
        body=_("Promised for %(due)s, expected on %(forecast)s. %(homes)s homes are affected."),
        icon="alert",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=OVER,
        label=_("A delay has ended"),
        title=_("%(what)s: the delay has ended"),
        body=_("%(ending)s. The hotline text is no longer used."),
        icon="check",
        tone="green",
        show=shown,
    ),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    facilities.register()
    papers.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
    register_marks(
        "delay-kind",
        {
            choices.BUILDING: Mark("", "sq", pgettext_lazy("delay", "Handover")),
            choices.FACILITY: Mark("", "dia", pgettext_lazy("delay", "Facility")),
        },
    )
    register_subject(
        Subject(
            kind=SUBJECT,
            model="service.DelayRisk",
            visible_to=lambda user: DelayRisk.objects.visible_to(user).for_list(),
            title=str,
            url_name="service:delay-risk",
            label=_("Late handovers and facilities"),
        )
    )
    panels.register()
    place = ("service:delay-list", _("Delays and facilities"), "flag", 27)
    register_entry("delays", *place, VIEW, parent="tickets")
