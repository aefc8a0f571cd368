"""Care cases we open ourselves: a bad rating, a repair again and again, angry words (SVC-35)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketCategory, TicketEvent
from service.tickets.rules import TicketKind, Urgency, is_history
from service.tickets.services.opening import open_ticket

LOWEST_SHARE = 0.4  # of the scale: 2 of 5, 4 of 10
REPAIRS, WITHIN = 3, timedelta(days=180)
WATCHED = {TicketKind.INQUIRY.value, TicketKind.REPAIR.value, TicketKind.SUGGESTION.value}
MOOD_WORDS = (
    "失望",  # han: words that customers write
    "愤怒",  # han: words that customers write
    "维权",  # han: words that customers write
    "曝光",  # han: words that customers write
    "欺骗",  # han: words that customers write
    "忍无可忍",  # han: words that customers write
    "再也不",  # han: words that customers write
)


def watch_event(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Open a care case where an event shows that a customer is unhappy; each once."""
    if ticket.kind == TicketKind.CARE:
        return
    found = _reason(ticket, event, now)
    if found is None:
        return
    code, source_id, subject = found
    category = TicketCategory.objects.filter(kind=TicketKind.CARE, code=code).first()
    open_ticket(
        TicketDraft(
            kind=TicketKind.CARE.value,
            project=ticket.project,
            subject=subject,
            body=_("From ticket %(number)s.") % {"number": ticket.number},
            category=category,
            urgency=Urgency.URGENT.value,
            channel="care",
            customer=ticket.customer,
            contact_name=ticket.contact_name,
            contact_phone=str(ticket.contact_phone or ""),
            unit=ticket.unit,
            first_responder=ticket.responsible,
            source=f"care.{code}",
            source_id=source_id,
            is_proactive=True,
        ),
        actor=None,
        now=now,
    )


def _reason(ticket: Ticket, event: TicketEvent, now: datetime) -> tuple[str, str, str] | None:
    """Return class, key and subject of the care case an event asks for."""
    if event.kind == "called_back":
        mark, best = event.data["pleasant"], event.data["scale"]
        if mark <= best * LOWEST_SHARE:
            return "low-rating", f"callback-{event.data['callback']}", _("A low rating")
        return None
    if event.kind != "opened" or _is_history(ticket, now):
        return None
    if ticket.kind == TicketKind.REPAIR and _repairs(ticket, now) >= REPAIRS:
        return "repeated-repair", f"ticket-{ticket.pk}", _("The same home is repaired again")
    if ticket.kind in WATCHED and any(word in ticket.body for word in MOOD_WORDS):
        return "mood", f"ticket-{ticket.pk}", _("A customer sounds unhappy")
    return None


def _is_history(ticket: Ticket, now: datetime) -> bool:
    received, happened = ticket.opened_at, ticket.occurred_on
    return is_history(ticket.channel, received_at=received, occurred_on=happened, now=now)


def _repairs(ticket: Ticket, now: datetime) -> int:
    """Return how many repairs the home has had lately; 0 where it is not known."""
    if ticket.unit_id is None:
        return 0
    rows = Ticket.objects.standing().filter(kind=TicketKind.REPAIR, unit=ticket.unit_id)
    return rows.filter(opened_at__gt=now - WITHIN).count()
