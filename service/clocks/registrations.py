"""What clocks tell the other parts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.calendars.registry import register_clock_recompute
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from service.clocks import choices, policies, words
from service.clocks.services.keeping import follow_ticket
from service.clocks.services.sweeping import recompute_ticket_clocks
from service.clocks.views import panel
from service.tickets.hooks import TicketTab, register_ticket_follow_up, register_ticket_tab

VIEW = "service.view_timeliness"

LIGHT_TONES = {
    "overdue": ("red", "tri"),
    "today": ("amber", "half"),
    "ahead": ("green", "ring"),
    "still": ("", "sq"),
}
VERDICT_TONES = {"kept": ("green", "tick"), "late": ("amber", "half"), "overdue": ("red", "tri")}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    words.register_messages()
    for kind, tones, found in (
        ("verdict", VERDICT_TONES, choices.VERDICTS),
        ("ticket-limit", LIGHT_TONES, choices.LIGHTS),
    ):
        register_marks(kind, {key: Mark(*tones[key], word=word) for key, word in found})
    declare("concern.decided", _("Measure on a main concern of complaints"))
    register_entry(
        "timeliness",
        "service:ticket-timeliness",
        pgettext_lazy("page", "Timeliness"),
        "clock",
        563,
        VIEW,
    )
    for key, url, label in (
        ("ticket-waiting", "ticket-waiting", pgettext_lazy("page", "Waiting times")),
        ("concerns", "concern-analysis", pgettext_lazy("page", "Complaint analysis")),
    ):
        register_entry(key, f"service:{url}", label, "chart", 564, VIEW, parent="timeliness")
    register_ticket_tab(
        TicketTab(
            name="clocks",
            label=pgettext_lazy("ticket", "Time limits"),
            order=20,
            template="service/clocks/panel.html",
            context=panel.panel,
        )
    )
    register_clock_recompute(recompute_ticket_clocks)
    register_ticket_follow_up("clocks", follow_ticket)
