"""What tickets tell the other parts."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.saved_views import register_list
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.record_tabs import RecordTab, register_tab
from service.tickets import (
    choices,
    data_categories,
    disputes,
    division,
    hooks,
    phones,
    proactive,
)
from service.tickets.models import Ticket
from service.tickets.querysets import VIEW
from service.tickets.services import directing, giving, reminding, reporting, transferring

AUDIT_KINDS = (
    ("ticket.opened", _("Ticket received")),
    ("ticket.assigned", _("Ticket assigned")),
    ("ticket.transfer_accepted", _("Ticket taken over")),
    ("ticket.merged", _("Tickets merged")),
    ("ticket.unmerged", _("Merge of tickets taken back")),
    ("ticket.reopened", _("Ticket reopened")),
    ("ticket.closed", _("Ticket closed")),
    ("ticket.directed", _("Directive on a ticket")),
    (phones.SHOWN, _("Number of a ticket shown")),
    ("ticket.officer_named", _("Officer for tickets named")),
)
LEAD = "service.lead_tickets"
STATE_TONES = {
    "received": ("blue", "ring"),
    "classified": ("blue", "ring"),
    "assigned": ("blue", "half"),
    "investigating": ("blue", "half"),
    "plan_agreed": ("blue", "half"),
    "executing": ("blue", "half"),
    "replied": ("amber", "half"),
    "callback": ("amber", "half"),
    "closed": ("green", "tick"),
    "reopened": ("red", "tri"),
    "waiting": ("amber", "ring"),
    "cancelled": ("", "cross"),
    "merged": ("", "sq"),
}
URGENCY_TONES = {"routine": ("", "ring"), "urgent": ("red", "tri"), "complex": ("amber", "dia")}
TASK_TONES = {"open": ("amber", "ring"), "done": ("green", "tick"), "dropped": ("", "cross")}
MESSAGES = (
    MessageKind(
        key=transferring.OFFERED,
        title=_("You are asked to take ticket %(number)s"),
        label=_("A ticket is offered to me"),
        body=_("Accept or refuse it; until then it stays with whoever has it."),
        icon="swap",
    ),
    MessageKind(
        key=transferring.ESCALATED,
        title=_("Nobody answered the offer of ticket %(number)s"),
        label=_("An offered ticket is not answered in time"),
        body=_("Ask the person who was asked, or offer the ticket to somebody else."),
        icon="alert",
        tone="amber",
    ),
    MessageKind(
        key=giving.GIVEN,
        title=_("You have a sub-task of ticket %(number)s"),
        label=_("A sub-task of a ticket is given to me"),
        body=_("The ticket cannot close before it is done."),
        icon="today",
    ),
    MessageKind(
        key=reminding.TASK_LATE,
        title=_("A sub-task of ticket %(number)s is overdue"),
        label=_("A sub-task of a ticket is overdue"),
        body=_("%(title)s. The ticket cannot close before it is done."),
        icon="clock",
        tone="red",
    ),
    MessageKind(
        key=reminding.DIRECTIVE_LATE,
        title=_("The directive on ticket %(number)s is not answered in time"),
        label=_("A directive of head office is not answered in time"),
        body=_("Answer it on the page of the ticket."),
        icon="flag",
        tone="red",
    ),
    MessageKind(
        key=reporting.MONTH_REPORT,
        title=_("Callbacks of %(month)s: %(called)s of %(told)s customers called back"),
        label=_("The callbacks of the month that ended"),
        body=_(
            "Solved %(solved)s, solved and pleasant %(satisfied)s. Not called back in time and"
            " still open: %(late)s."
        ),
        url_name="service:ticket-report",
        icon="chart",
    ),
    MessageKind(
        key=directing.DIRECTED,
        title=_("Head office wrote a directive on ticket %(number)s"),
        label=_("Head office directs a ticket of mine"),
        body=_("Answer it on the page of the ticket."),
        icon="flag",
        tone="amber",
    ),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    from service.tickets.views import VIEWED

    register_list(VIEWED)
    for kind, label in AUDIT_KINDS:
        declare(kind, label)
    for key, tones, words in (
        ("ticket", STATE_TONES, choices.STATES),
        ("ticket-urgency", URGENCY_TONES, choices.URGENCIES),
        ("ticket-task", TASK_TONES, choices.TASK_STATES),
    ):
        register_marks(key, {value: Mark(*tones[value], word=word) for value, word in words})
    for message in MESSAGES:
        declare_message(message)
    register_subject(
        Subject(
            kind="ticket",
            model="service.Ticket",
            visible_to=lambda user: Ticket.objects.visible_to(user),
            title=str,
            url_name="service:ticket-detail",
            label=_("Tickets"),
        )
    )
    register_entry("tickets", "service:ticket-list", _("Tickets"), "headset", 26, VIEW)
    register_entry(
        "ticket-board",
        "service:ticket-board",
        _("Ticket board"),
        "columns",
        27,
        VIEW,
        parent="tickets",
    )
    register_tab(RecordTab("service", "service:customer-tickets", _("Service"), 65, VIEW))
    hooks.register_ticket_follow_up("care", proactive.watch_event)
    hooks.register_ticket_follow_up("dispute", disputes.file_evidence)
    template = "service/tickets/_dispute.html"
    dispute = hooks.TicketTab("dispute", _("Dispute file"), 10, template, disputes.panel)
    hooks.register_ticket_tab(dispute)
    division.register()
    data_categories.register()
    register_entry(
        "ticket-report",
        "service:ticket-report",
        _("Report of tickets"),
        "chart",
        28,
        VIEW,
        parent="tickets",
    )
    for key, url_name, label, order in (
        ("ticket-classes", "service:ticket-classes", _("Classes of tickets"), 29),
        ("ticket-officers", "service:ticket-officers", _("Officers"), 29),
    ):
        register_entry(key, url_name, label, "sliders", order, LEAD, parent="tickets")
