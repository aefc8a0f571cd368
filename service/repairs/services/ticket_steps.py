"""How a repair and its ticket move together; either may be ahead of the other."""

from datetime import datetime

from crm_site.staff.models import User
from service.repairs.rules.steps import Step
from service.tickets.models import Ticket
from service.tickets.rules import TicketState, may_move
from service.tickets.services.moving import move_ticket

# step -> where the ticket goes; the first that its table lists
TARGETS = {
    Step.DISPATCH: (TicketState.EXECUTING,),
    Step.REFUSE: (TicketState.EXECUTING,),
    Step.ACCEPT: (TicketState.REPLIED,),
    Step.REOPEN: (TicketState.REOPENED, TicketState.EXECUTING),
}


def carry(ticket: Ticket, step: Step, words: str, *, actor: User | None, now: datetime) -> None:
    """Move the ticket with a step of its repair where its own table lists that move.

    What came back reopens a closed ticket, with the owner's ``words``.
    """
    targets = TARGETS.get(step, ())
    if not targets:
        return
    ticket.refresh_from_db()
    target = next((one for one in targets if may_move(ticket.kind, ticket.state, one)), None)
    if target is not None:
        note = words if step is Step.REOPEN else ""
        move_ticket(ticket, target.value, actor=actor, now=now, note=note)
