"""The steps of handling: each writes what its state needs and takes the ticket there (SVC-27)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import (
    RANKS,
    Answer,
    Axis,
    TicketState,
    Urgency,
    may_move,
    moves_from,
)
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.moving import move_ticket

S = TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class Classing:
    """Where a ticket belongs: its class, its cause, how urgent and how grave it is."""

    category: TicketCategory
    cause: TicketCategory | None = None
    urgency: str = Urgency.ROUTINE.value
    severity: str = "normal"


@transaction.atomic
def classify(ticket: Ticket, *, given: Classing, actor: User, now: datetime) -> Ticket:
    """Give an open ticket its class and return it; one just received moves on.

    Raise TicketError for a class of another kind, or a complex ticket nobody is named for (SVC-02).
    """
    require_open(ticket)
    pairs = ((given.category, Axis.OBJECT), (given.cause, Axis.CAUSE))
    for row, axis in pairs:
        if row is not None and (row.kind != ticket.kind or row.axis != axis):
            raise TicketError(_("The class belongs to another kind of ticket; choose again."))
    if given.urgency == Urgency.COMPLEX and ticket.handler_id is None:
        raise TicketError(
            _(
                "A complex matter needs a named person who follows it to the end. Take it yourself"
                " or have somebody accept it first."
            )
        )
    ticket.category, ticket.cause = given.category, given.cause
    ticket.urgency, ticket.rank = given.urgency, RANKS[given.urgency]
    ticket.severity, ticket.department = given.severity, given.category.queue
    ticket.save(update_fields=["category", "cause", "urgency", "rank", "severity", "department"])
    if may_move(ticket.kind, ticket.state, S.CLASSIFIED) and ticket.state == S.RECEIVED:
        return move_ticket(ticket, S.CLASSIFIED, actor=actor, now=now, note=given.category.name)
    write_event(ticket, "edited", actor=actor, now=now, note=given.category.name)
    return ticket


@transaction.atomic
def take_over(ticket: Ticket, *, actor: User, now: datetime) -> Ticket:
    """Make ``actor`` the handler of an open ticket, moving on where that was missing; return it."""
    require_open(ticket)
    if ticket.handler_id == actor.pk and not may_move(ticket.kind, ticket.state, S.ASSIGNED):
        return ticket
    name_handler(ticket, actor, actor=actor, now=now)
    return ticket


def name_handler(ticket: Ticket, handler: User, *, actor: User, now: datetime) -> None:
    """Write who handles a locked ticket; where the next state is "assigned" it moves there."""
    ticket.handler = handler
    ticket.save(update_fields=["handler"])
    if may_move(ticket.kind, ticket.state, S.ASSIGNED) and ticket.state in STARTS:
        move_ticket(ticket, S.ASSIGNED, actor=actor, now=now, note=handler.name)
        return
    write_event(ticket, "assigned", actor=actor, now=now, note=handler.name)


STARTS = {S.RECEIVED.value, S.CLASSIFIED.value, S.REOPENED.value}


@transaction.atomic
def agree_plan(ticket: Ticket, *, plan: str, actor: User, now: datetime) -> Ticket:
    """Write the plan agreed with the customer and move on; return the ticket."""
    require_open(ticket)
    ticket.plan = words_of(plan, _("Write the plan agreed with the customer first."))
    ticket.save(update_fields=["plan"])
    return move_ticket(ticket, S.PLAN_AGREED, actor=actor, now=now, note=ticket.plan)


@transaction.atomic
def reply(ticket: Ticket, *, solution: str, actor: User, now: datetime) -> Ticket:
    """Write the solution, note that the customer was told it now, and move on; return the ticket.

    Two of the four parts of closing. Raise TicketError without words.
    """
    require_open(ticket)
    ticket.solution = words_of(solution, _("Write the solution the customer was told."))
    ticket.told_at = now
    ticket.save(update_fields=["solution", "told_at"])
    if ticket.state == S.REPLIED:
        write_event(ticket, "told", actor=actor, now=now, note=ticket.solution)
        return ticket
    return move_ticket(ticket, S.REPLIED, actor=actor, now=now, note=ticket.solution)


def is_repeated(ticket: Ticket, text: str) -> bool:
    """Return whether the customer was told the same words before in this ticket (SVC-08)."""
    words = " ".join(text.split())
    told = ticket.events.filter(kind__in=["moved", "told"], to_state__in=["", S.REPLIED.value])
    return bool(words) and any(
        " ".join(note.split()) == words for note in told.values_list("note", flat=True)
    )


@transaction.atomic
def take_answer(ticket: Ticket, *, answer: str, note: str, actor: User, now: datetime) -> Ticket:
    """Note what the customer said to the solution and return the ticket.

    Accepted goes on to the callback, refused back to work. Raise TicketError while the customer was
    not told anything.
    """
    require_open(ticket)
    if ticket.told_at is None:
        raise TicketError(_("Tell the customer the solution first."))
    ticket.answer = Answer(answer).value
    ticket.save(update_fields=["answer"])
    write_event(
        ticket, "answered", actor=actor, now=now, note=clean_lines(note), data={"answer": answer}
    )
    after = _after_answer(ticket)
    if after is not None:
        move_ticket(ticket, after, actor=actor, now=now)
    return ticket


def _after_answer(ticket: Ticket) -> TicketState | None:
    """Return where the answer leads; ``None`` where the ticket stays."""
    if ticket.state != S.REPLIED:
        return None
    allowed = moves_from(ticket.kind, ticket.state)
    wanted = (
        (S.CALLBACK,)
        if ticket.answer == Answer.ACCEPTED
        else (S.EXECUTING, S.INVESTIGATING, S.ASSIGNED)
    )
    return next((state for state in wanted if state in allowed), None)


@transaction.atomic
def add_note(ticket: Ticket, *, note: str, actor: User, now: datetime) -> Ticket:
    """Write a note on a ticket, ended or not, and return it."""
    lock_ticket(ticket)
    words = words_of(note, _("Write what there is to know."))
    write_event(ticket, "noted", actor=actor, now=now, note=words)
    return ticket


def require_open(ticket: Ticket) -> None:
    """Lock a ticket and raise TicketError once it is ended, or while it waits for the customer."""
    lock_ticket(ticket)
    if not ticket.is_open:
        raise TicketError(_("The ticket is ended. Reopen it first."))
    if ticket.state == S.WAITING:
        raise TicketError(_("The ticket waits for the customer. Note the answer first."))


def words_of(text: str, missing: str) -> str:
    """Return ``text`` as it is stored; raise TicketError with ``missing`` for none."""
    words = clean_lines(text)[:4000]
    if not words:
        raise TicketError(missing)
    return words
