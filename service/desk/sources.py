"""Where feedback came from: the customer and the ticket behind it, as far as one may see them."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.models import Customer
from service.desk.models import Feedback
from service.tickets.models import Ticket, TicketEvent

WORDS: Final = {"survey_response": _("Survey"), "consult_rating": _("Rating of a consultation")}


def with_sources(page: list[Feedback], user: User) -> list[dict[str, Any]]:
    """Return each row with its customer and its ticket; ``None`` for what ``user`` may not see."""
    tickets = _tickets(page, user)
    keys = {row.customer_id for row in page if row.customer_id}
    people = Customer.objects.visible_to(user).filter(pk__in=keys).in_bulk() if keys else {}
    return [
        {
            "feedback": row,
            "customer": people.get(row.customer_id),
            "ticket": tickets.get((row.source_kind, row.source_id)),
            "source": WORDS.get(row.source_kind, "--" if row.source_kind else _("Written by hand")),
        }
        for row in page
    ]


def _tickets(page: list[Feedback], user: User) -> dict[tuple[str, str], Ticket]:
    own = {row.source_id for row in page if row.source_kind == "ticket"}
    events = {row.source_id for row in page if row.source_kind == "ticket_event"}
    behind = dict(TicketEvent.objects.filter(pk__in=events).values_list("pk", "ticket"))
    rows = Ticket.objects.visible_to(user).filter(pk__in={*map(int, own), *behind.values()})
    seen = rows.only("pk", "number").in_bulk()
    found = {("ticket", str(pk)): ticket for pk, ticket in seen.items()}
    told = {("ticket_event", str(event)): seen[pk] for event, pk in behind.items() if pk in seen}
    return found | told
