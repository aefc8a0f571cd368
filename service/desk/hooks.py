"""What other parts tell the desk: when a ticket is due, what the self-service line answers."""

from collections.abc import Callable
from datetime import datetime

from customers.models import Customer
from service.tickets.models import Ticket

DueOf = Callable[[Ticket], datetime | None]
Answers = Callable[[Customer, datetime], list[str]]

_due: dict[str, DueOf] = {}
_answers: dict[str, Answers] = {}


def register_due(name: str, due: DueOf) -> None:
    """Let ``due`` say by when somebody answers a ticket; again replaces it."""
    _due[name] = due


def due_of(ticket: Ticket) -> datetime | None:
    """Return the earliest moment by which something must have happened to a fresh ticket."""
    ticket.refresh_from_db(fields=["due_at", "step_due_at"])
    told = [found for ask in _due.values() if (found := ask(ticket)) is not None]
    own = [each for each in (ticket.due_at, ticket.step_due_at) if each is not None]
    return min(told + own, default=None)


def register_answers(topic: str, answers: Answers) -> None:
    """Let ``answers`` say what the self-service line tells a customer about ``topic`` (SVC-26)."""
    _answers[topic] = answers


def answers_about(topic: str, customer: Customer, now: datetime) -> list[str]:
    """Return the lines told about ``topic``; empty where there is nothing to tell."""
    ask = _answers.get(topic)
    return ask(customer, now) if ask is not None else []
