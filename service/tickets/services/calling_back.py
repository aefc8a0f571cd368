"""The callback: solved and pleasant, rated apart; a bad one reopens the ticket (SVC-31, SVC-32)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketCallback
from service.tickets.rules import Solved, TicketState, is_on_scale, is_satisfied, may_move
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.moving import move_ticket

ALLOWED = {
    TicketState.REPLIED.value,
    TicketState.CALLBACK.value,
    TicketState.CLOSED.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What the customer said: solved or not, the feeling as raw mark on a scale of 5 or 10."""

    solved: str
    pleasant: int
    scale: int = 5
    kind: str = "phone"
    words: str = ""


@transaction.atomic
def record_callback(
    ticket: Ticket, *, rating: Rating, actor: User | None, now: datetime
) -> TicketCallback:
    """Write a callback and return it; what is not solved reopens the ticket.

    Solved but unpleasant keeps it open until it is closed by hand; it never counts as satisfied.
    Raise TicketError for a mark off its scale, or before the customer was told a solution.
    """
    if rating.solved not in set(Solved):
        raise TicketError(_("Say whether the problem is solved."))
    if not is_on_scale(rating.pleasant, rating.scale):
        raise TicketError(_("The feeling is rated from 1 to %(best)s.") % {"best": rating.scale})
    lock_ticket(ticket)
    if ticket.state not in ALLOWED:
        raise TicketError(_("The callback follows once the customer was told the solution."))
    callback = TicketCallback.objects.create(
        ticket=ticket,
        kind=rating.kind,
        at=now,
        solved=rating.solved,
        pleasant=rating.pleasant,
        scale=rating.scale,
        is_satisfied=is_satisfied(rating.solved, rating.pleasant, rating.scale),
        words=clean_lines(rating.words)[:2000],
        round=ticket.reopened,
        by=actor,
    )
    data = {
        "callback": callback.pk,
        "solved": callback.solved,
        "pleasant": callback.pleasant,
        "scale": callback.scale,
        "satisfied": callback.is_satisfied,
    }
    write_event(ticket, "called_back", actor=actor, now=now, note=callback.words, data=data)
    _follow(ticket, callback, actor=actor, now=now)
    return callback


def _follow(ticket: Ticket, callback: TicketCallback, *, actor: User | None, now: datetime) -> None:
    if ticket.state == TicketState.REPLIED:
        if not may_move(ticket.kind, ticket.state, TicketState.CALLBACK):
            return
        move_ticket(ticket, TicketState.CALLBACK, actor=actor, now=now)
    if callback.solved != Solved.YES:
        note = _("Not solved in the eyes of the customer")
        move_ticket(ticket, TicketState.REOPENED, actor=actor, now=now, note=note)
