"""The file of a price dispute: price history and commitment letters, attached at once (SVC-38)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.display import local_date, money
from crm_site.common.files import PDF, Taken
from customers.pricing.models import PriceLetter, UnitPrice
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import TicketKind
from service.tickets.services.events import write_event
from service.tickets.services.papers import attach


def price_history(ticket: Ticket, *, now: datetime) -> list[UnitPrice]:
    """Return the prices the home has had until ``now``, oldest first."""
    if ticket.unit_id is None:
        return []
    rows = UnitPrice.objects.filter(unit=ticket.unit_id, effective_at__lte=now)
    return list(rows.select_related("price_list").order_by("effective_at", "pk"))


def letters_of(ticket: Ticket) -> list[PriceLetter]:
    """Return the commitment letters of the customer for the home, or for any without one."""
    if ticket.customer_id is None:
        return []
    rows = PriceLetter.objects.filter(customer=ticket.customer_id, project=ticket.project_id)
    if ticket.unit_id is not None:
        rows = rows.filter(unit=ticket.unit_id)
    return list(rows.defer("document").order_by("valid_from", "pk"))


def file_evidence(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Attach letters and note the price history as soon as a price dispute is opened."""
    if ticket.kind != TicketKind.PRICE_DISPUTE or event.kind != "opened":
        return
    prices = price_history(ticket, now=now)
    if prices:
        lines = [f"{local_date(row.effective_at)} {money(row.public_total)}" for row in prices]
        words = _("Price history: %(prices)s") % {"prices": "; ".join(lines)}
        data = {"prices": [row.pk for row in prices]}
        write_event(ticket, "noted", actor=None, now=now, note=words, data=data)
    for letter in letters_of(ticket):
        taken = Taken(f"{letter.number}.pdf", PDF, bytes(letter.document))
        label = _("Commitment letter %(number)s") % {"number": letter.number}
        attach(ticket, taken=taken, label=label, actor=None, now=now)


def panel(_request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return what the dispute file shows; ``None`` for tickets of other kinds."""
    if ticket.kind != TicketKind.PRICE_DISPUTE:
        return None
    return {"prices": price_history(ticket, now=timezone.now()), "letters": letters_of(ticket)}
