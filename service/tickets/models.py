"""Tables of tickets."""

from service.tickets.side_models import (
    TicketCallback,
    TicketDirective,
    TicketLink,
    TicketOfficer,
    TicketPaper,
    TicketTask,
    TicketTransfer,
)
from service.tickets.ticket_models import Ticket, TicketCategory, TicketEvent

__all__ = [
    "Ticket",
    "TicketCallback",
    "TicketCategory",
    "TicketDirective",
    "TicketEvent",
    "TicketLink",
    "TicketOfficer",
    "TicketPaper",
    "TicketTask",
    "TicketTransfer",
]
