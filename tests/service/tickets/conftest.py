"""A complaint on somebody's desk, and people signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from service.tickets.models import Ticket
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory
from tests.signing_in import sign_in


@pytest.fixture
def desk(cast) -> Callable[[str], Client]:
    """Return the browser of the account of this key."""
    return lambda key: sign_in(Client(), cast[key])


@pytest.fixture
def quality(db):
    return CategoryFactory(code="quality", name="质量")


@pytest.fixture
def complaint(org, cast, quality) -> Ticket:
    """A complaint the agent received."""
    customer = CustomerFactory(owner=cast["consultant"])
    return TicketFactory(customer=customer, first_responder=cast["agent"])


@pytest.fixture
def take(desk) -> Callable[..., Any]:
    """Take a step as somebody; return the answer."""

    def act(ticket: Ticket, step: str, *, who: str = "agent", **data: Any) -> Any:
        return desk(who).post(f"/tickets/{ticket.pk}/step/{step}/", data)

    return act
