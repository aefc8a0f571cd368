"""What other parts tell the desk: when a ticket is due, what the self-service line answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crm_site.staff.models import User
from customers.models import Customer
from service.tickets.models import Ticket

DueOf = Callable[[Ticket], datetime | None]
Answers = Callable[[Customer, datetime], list[str]]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an agent has to know and say when this customer calls, with the page that says why."""

    title: str
    text: str
    url: str


Briefings = Callable[[Customer, User, datetime], list[Briefing]]

_due: dict[str, DueOf] = {}
_answers: dict[str, Answers] = {}
_briefings: dict[str, Briefings] = {}


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


def register_briefing(name: str, briefings: Briefings) -> None:
    """Let ``briefings`` say what is answered to a customer who calls; again replaces it."""
    _briefings[name] = briefings


def briefings_for(customer: Customer, *, user: User, now: datetime) -> list[Briefing]:
    """Return what ``user`` has to say to a customer who calls now, part by part."""
    return [found for ask in _briefings.values() for found in ask(customer, user, now)]
