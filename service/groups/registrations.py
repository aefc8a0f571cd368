"""What groups tell the other parts."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange.registry import register_importer, register_messages
from crm_site.outbox.kinds import MessageKind, declare_message
from service.groups import choices, importing, pages, policies
from service.groups.models import GroupSuggestion
from service.groups.querysets import VIEW
from service.groups.services import crisis, showing
from service.groups.services.reading import COMPARED
from service.groups.tasks import link_new_ticket
from service.tickets.hooks import (
    TicketTab,
    register_closing_gate,
    register_ticket_follow_up,
    register_ticket_tab,
)
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import TicketState

LEAD = "service.lead_groups"
TONES = {
    "growing": ("", "ring"),
    "open": ("amber", "dia"),
    "accepted": ("green", "tick"),
    "rejected": ("", "cross"),
}
STATEMENT_TONES = {
    "draft": ("", "ring"),
    "asked": ("amber", "half"),
    "approved": ("blue", "tick"),
    "refused": ("red", "cross"),
    "out": ("green", "tick"),
}
AUDIT_KINDS = (
    ("group.accepted", _("Group complaint formed")),
    ("group.rejected", _("Suggested group rejected")),
    ("group.answered", _("All members of a group answered")),
    ("crisis.opened", _("Crisis room opened")),
    ("crisis.level_changed", _("Level of a crisis changed")),
    ("crisis.statement_decided", _("Statement in a crisis decided on")),
    ("crisis.statement_out", _("Statement in a crisis gone out")),
    ("crisis.reviewed", _("Closing review of a crisis written")),
    ("complaints.imported", _("Complaints imported")),
    ("complaints.import_reverted", _("Import of complaints reverted")),
)
MESSAGES = (
    MessageKind(
        key=showing.ALERT,
        label=_("Complaints look like a group"),
        title=_("%(count)s complaints look like a group: %(words)s"),
        body=_("Look at what they share, then form the group complaint or say why it is none."),
        icon="users",
        tone="amber",
    ),
    MessageKind(
        key=crisis.ALARM,
        label=_("A crisis of level 1"),
        title=_("Crisis of level 1 in %(project)s: %(subject)s"),
        body=_("Head office coordinates. Open the room and take your duty."),
        icon="alert",
        tone="red",
    ),
    MessageKind(
        key=crisis.DRILL,
        label=_("A drill of a crisis of level 1"),
        title=_("Drill: crisis of level 1 in %(project)s: %(subject)s"),
        body=_("This is a drill. Act as if it were real; nothing goes out."),
        icon="alert",
        tone="amber",
    ),
)


def follow_opened(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Have a new complaint compared once it is stored, and again once its class is known.

    Imports are compared as a whole.
    """
    is_new = event.kind == "opened" and ticket.channel != "import"
    is_classed = event.to_state == TicketState.CLASSIFIED
    if ticket.kind in COMPARED and (is_new or is_classed):
        link_new_ticket.delay_on_commit(ticket.pk)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in AUDIT_KINDS:
        declare(kind, label)
    for key, tones, words in (
        ("group-suggestion", TONES, choices.STATES),
        ("crisis-statement", STATEMENT_TONES, choices.STATEMENTS),
    ):
        register_marks(key, {value: Mark(*tones[value], word=word) for value, word in words})
    for message in MESSAGES:
        declare_message(message)
    register_subject(
        Subject(
            kind="group_suggestion",
            model="service.GroupSuggestion",
            visible_to=lambda user: GroupSuggestion.objects.visible_to(user),
            title=str,
            url_name="service:group-suggestion",
            label=_("Suggested groups"),
        )
    )
    register_ticket_follow_up("groups", follow_opened)
    register_closing_gate("crisis", crisis.review_gate)
    register_ticket_tab(
        TicketTab("group", _("Group"), 40, "service/groups/_panel.html", pages.panel, VIEW)
    )
    register_importer(importing.IMPORTER)
    register_messages(importing.MESSAGES)
    for key, url, label, icon, order, parent in (
        ("groups", "group-list", _("Group complaints"), "users", 28, "tickets"),
        ("crises", "crisis-list", _("Crises"), "alert", 29, "tickets"),
    ):
        register_entry(key, f"service:{url}", label, icon, order, VIEW, parent=parent)
    register_entry("imports-complaints", "exchange:import-start", _("Import"), "upload", 600, LEAD)
