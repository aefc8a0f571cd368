"""Whose turn it is to contact a customer, in words (BEY-09)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from customers.contact_policies import AREAS
from customers.models import Customer
from customers.rules.turns import Wish
from customers.services.contact_stop import REFUSED, refuses_contact
from customers.services.taking_turns import turn_of

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One planned contact in words."""

    area: Any
    title: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TurnWords:
    """The next contact, what waits for it, and why nobody may go at all."""

    first: Line
    at: dt.datetime
    waiting: list[Line]
    stop: Any


def turn_words(customer: Customer, *, now: dt.datetime) -> TurnWords | None:
    """Return the next contact with the customer in words; None where nobody plans one."""
    found = turn_of(customer, now=now)
    if found is None:
        return None
    return TurnWords(
        first=_line(found.first),
        at=found.at,
        waiting=[_line(one) for one in found.waiting[:SHOWN]],
        stop=REFUSED if refuses_contact(customer.pk) else "",
    )


def _line(wish: Wish) -> Line:
    return Line(AREAS[wish.area.value], wish.title, wish.due_at)
