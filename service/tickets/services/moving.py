"""Taking a ticket from state to state, and closing it (SVC-05, SVC-27)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.choices import PARTS
from service.tickets.errors import NotClosableError, TicketError
from service.tickets.hooks import hindrances
from service.tickets.models import Ticket, TicketCallback
from service.tickets.rules import Part, Solved, TicketState, may_move, missing_parts, step_limit
from service.tickets.services.events import lock_ticket, write_event

NEED_CLASS = {TicketState.CLASSIFIED.value}
NEED_HANDLER = {TicketState.ASSIGNED.value}
NEED_PLAN = {TicketState.PLAN_AGREED.value}


@transaction.atomic
def move_ticket(
    ticket: Ticket, to: str, *, actor: User | None, now: datetime, note: str = ""
) -> Ticket:
    """Take a ticket to the state ``to`` and return it, read anew.

    Raise StaleError where somebody moved it meanwhile, TicketError where the table of its kind does
    not list the step or something it needs is missing, NotClosableError for closing too early.
    """
    seen = ticket.state
    lock_ticket(ticket)
    if ticket.state != seen:
        raise StaleError(_("Somebody else moved this ticket meanwhile. Look at it again."))
    if not may_move(ticket.kind, seen, to):
        raise TicketError(_("This step does not follow where the ticket is now."))
    _check(ticket, to, note)
    enter_state(ticket, to, now=now)
    kind = "reopened" if to == TicketState.REOPENED else "moved"
    write_event(ticket, kind, actor=actor, now=now, note=clean_lines(note), states=(seen, to))
    return ticket


def enter_state(ticket: Ticket, to: str, *, now: datetime) -> None:
    """Write the columns that go with a state; the caller holds the lock and writes the event."""
    limit = step_limit(to, ticket.urgency)
    ticket.state = to
    ticket.step_due_at = None if limit is None else now + limit
    ticket.closed_at = now if to in {TicketState.CLOSED, TicketState.CANCELLED} else None
    if to == TicketState.REOPENED:
        ticket.reopened += 1
        ticket.told_at = None
        ticket.answer = ""
    ticket.save(
        update_fields=["state", "step_due_at", "closed_at", "reopened", "told_at", "answer"]
    )


def present_parts(ticket: Ticket) -> set[Part]:
    """Return which of the four parts of closing a ticket has."""
    last = last_callback(ticket)
    has = {
        Part.SOLUTION: bool(ticket.solution.strip()),
        Part.TOLD: ticket.told_at is not None,
        Part.ANSWER: bool(ticket.answer),
        Part.CALLBACK: last is not None and last.solved == Solved.YES,
    }
    return {part for part, is_there in has.items() if is_there}


def last_callback(ticket: Ticket) -> TicketCallback | None:
    """Return the latest callback since the ticket was last reopened, if there is one."""
    rows = ticket.callbacks.filter(round=ticket.reopened).order_by("-at", "-pk")
    found: TicketCallback | None = rows.first()
    return found


def check_closable(ticket: Ticket) -> None:
    """Raise NotClosableError naming what closing still needs: parts, sub-tasks, directives."""
    missing = missing_parts(ticket.kind, present_parts(ticket))
    said = []
    if missing:
        names = _(", ").join(str(PARTS[part]) for part in missing)
        said.append(_("Before closing, note %(parts)s.") % {"parts": names})
    still_open = ticket.tasks.filter(state="open").count()
    if still_open:
        said.append(_("%(count)s sub-tasks are still open.") % {"count": still_open})
    if ticket.directives.filter(answered_at=None).exists():
        said.append(_("A directive of head office is not answered yet."))
    said += hindrances(ticket)
    if said:
        raise NotClosableError(" ".join(said), missing=[part.value for part in missing])


def _check(ticket: Ticket, to: str, note: str) -> None:
    if to in NEED_CLASS and ticket.category_id is None:
        raise TicketError(_("Choose the class first."))
    if to in NEED_HANDLER and ticket.handler_id is None:
        raise TicketError(_("Name who handles the ticket first."))
    if to in NEED_PLAN and not ticket.plan.strip():
        raise TicketError(_("Write the plan agreed with the customer first."))
    if to == TicketState.CLOSED:
        check_closable(ticket)
        _check_pleased(ticket, note)


def _check_pleased(ticket: Ticket, note: str) -> None:
    """Keep a ticket open whose customer was not pleased, until somebody says what was done."""
    last = last_callback(ticket)
    if last is not None and not last.is_satisfied and not note.strip():
        raise TicketError(
            _("The customer was not pleased. Say what was done about it, then close.")
        )
