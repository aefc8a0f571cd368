"""How a repair and its ticket move together; either may be ahead of the other."""

from datetime import datetime

from crm_site.staff.models import User
from service.repairs.rules.steps import Step
from service.tickets.models import Ticket
from service.tickets.rules import TicketState, may_move
from service.tickets.services.moving import move_ticket

TARGETS = {
    Step.DISPATCH: TicketState.EXECUTING,
    Step.REFUSE: TicketState.EXECUTING,
    Step.ACCEPT: TicketState.REPLIED,
}


def carry(ticket: Ticket, step: Step, *, actor: User | None, now: datetime) -> None:
    """Move the ticket with a step of its repair where its own table lists that move."""
    target = TARGETS.get(step)
    if target is None:
        return
    ticket.refresh_from_db()
    if may_move(ticket.kind, ticket.state, target):
        move_ticket(ticket, target.value, actor=actor, now=now)
