"""Which category each column about whoever reports belongs to (CUS-02, A-30)."""

from collections.abc import Mapping
from typing import Final

from customers.data_categories import by_category, declare_fields
from customers.rules.categories import DataCategory

FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "Ticket": by_category(
        basic="contact_name",
        contact="contact_phone contact_phone_index",
        history="kind state category cause urgency severity stage channel subject body opened_at"
        " closed_at reopened plan solution told_at answer occurred_on is_proactive is_demanding",
        purchase="project unit purchase",
        internal="id created_at updated_at number resume_state rank customer first_responder"
        " handler department due_at step_due_at waiting_since merged_into group source source_id"
        " version",
    ),
    "TicketEvent": by_category(
        history="at kind from_state to_state note", internal="id ticket actor data"
    ),
    "TicketTask": by_category(
        history="title department due_at state result",
        internal="id ticket owner given_by given_at ended_by ended_at",
    ),
    "TicketCallback": by_category(
        history="kind at solved pleasant is_satisfied words",
        internal="id ticket scale round by",
    ),
    "TicketDirective": by_category(
        history="text at due_at answer answered_at", internal="id ticket by answered_by"
    ),
    "TicketPaper": by_category(
        history="name content label",
        internal="id ticket media_type size digest stored_at by",
    ),
}
# What says nothing about a single customer: words, people of ours, what belongs together.
NOT_PERSONAL: Final = frozenset({"TicketCategory", "TicketOfficer", "TicketTransfer", "TicketLink"})


def register() -> None:
    """Add the columns to the register of data categories."""
    for model, fields in FIELDS.items():
        declare_fields("service", model, fields)
