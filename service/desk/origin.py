"""How a ticket came in: the calls, the recordings, the messages behind it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from service.desk.models import DeskCall, DeskMessage
from service.tickets.models import Ticket


def origin_of(request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return calls and messages of the ticket that the user sees; ``None`` without any."""
    calls = DeskCall.objects.visible_to(request.user).filter(ticket=ticket).select_related("agent")
    messages = DeskMessage.objects.visible_to(request.user).filter(ticket=ticket)
    found = {
        "calls": list(calls.order_by("began_at", "pk")[:20]),
        "messages": list(messages.order_by("received_at", "pk")[:20]),
    }
    return found if any(found.values()) else None
