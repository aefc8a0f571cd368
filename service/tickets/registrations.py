"""What tickets tell the other parts."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.subjects import Subject, register_subject
from service.tickets.models import Ticket

AUDIT_KINDS = (
    ("ticket.opened", _("Ticket received")),
    ("ticket.assigned", _("Ticket assigned")),
    ("ticket.transfer_accepted", _("Ticket taken over")),
    ("ticket.merged", _("Tickets merged")),
    ("ticket.unmerged", _("Merge of tickets taken back")),
    ("ticket.reopened", _("Ticket reopened")),
    ("ticket.closed", _("Ticket closed")),
    ("ticket.directed", _("Directive on a ticket")),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for kind, label in AUDIT_KINDS:
        declare(kind, label)
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
