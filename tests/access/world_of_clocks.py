"""One record of each kind of clocks, for the tests of access."""

from typing import Any

from customers.models import Customer
from service.clocks.models import TicketClock


def clocks_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    clock = TicketClock.objects.filter(ticket=made["ticket_id"]).earliest("pk")
    return {"ticket_clock_id": clock.pk}
