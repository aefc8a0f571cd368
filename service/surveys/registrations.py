"""What surveys tell the other parts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.purchase.hooks import register_follow_up
from customers.rules.turns import Area
from customers.services.taking_turns import register_turns
from service.surveys import choices, defaults, journey, messages, policies
from service.surveys.models import Survey
from service.surveys.querysets import VIEW
from service.surveys.services.triggers import follow_purchase, follow_ticket
from service.tickets.hooks import register_ticket_follow_up

EVENTS = {
    "survey.written": _("Survey written"),
    "survey.opened": _("Survey opened"),
    "survey.closed": _("Survey closed"),
    "survey.report_made": _("Satisfaction report made"),
    "survey.plan_made": _("Improvement plan made"),
}
TONES = {"draft": ("", "ring"), "open": ("green", "dot"), "closed": ("", "tick")}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    register_turns(Area.SURVEY, sources=["survey"], kinds=["survey."])
    policies.register()
    defaults.register()
    messages.register()
    journey.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    words = dict(choices.STATES)
    register_marks("survey", {key: Mark(*tone, word=words[key]) for key, tone in TONES.items()})
    register_subject(
        Subject(
            kind="survey",
            model="service.Survey",
            visible_to=lambda user: Survey.objects.visible_to(user),
            title=str,
            url_name="service:survey-detail",
            label=_("Surveys"),
        )
    )
    register_follow_up("surveys", follow_purchase)
    register_ticket_follow_up("surveys", follow_ticket)
    place = ("service:satisfaction", _("Satisfaction"), "star", 580, VIEW)
    register_entry("satisfaction", *place)
    for key, url, label, order in (
        ("surveys", "survey-list", _("Surveys"), 621),
        ("satisfaction-sales", "satisfaction-sales", _("Sales service"), 622),
        ("satisfaction-reports", "satisfaction-reports", pgettext_lazy("page", "Reports"), 624),
    ):
        entry = (f"service:{url}", label, "star", order, VIEW)
        register_entry(key, *entry, parent="satisfaction")
