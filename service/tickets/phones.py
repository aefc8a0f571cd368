"""The number of whoever reported a ticket: who sees which part of it, and showing it in full."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.seen import STANDING
from crm_site.audit.services import record
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import PhoneAccess
from customers.errors import RevealRefusedError
from customers.limits import spend_phone_question
from customers.masking import EMPTY, HIDDEN, may_reveal_phone, may_see_phone, number_for
from customers.rules.phones import mask_phone, show_phone
from customers.rules.text import clean_text
from service.tickets.errors import TicketError
from service.tickets.models import Ticket

SHOWN = "ticket.phone_revealed"
SHORTEST_REASON = 4


def phone_for(user: User, ticket: Ticket) -> str:
    """Return the number of whoever reported as ``user`` sees it; ``--`` without one."""
    if not ticket.contact_phone:
        return EMPTY
    if ticket.customer is not None:
        return number_for(user, ticket.customer, str(ticket.contact_phone))
    if user.role_definition.phone is PhoneAccess.NONE:
        return HIDDEN
    return mask_phone(str(ticket.contact_phone))


def sees_phone(user: User, ticket: Ticket) -> bool:
    """Return whether ``user`` sees the number in full without asking: that of an own customer."""
    return ticket.customer is not None and may_see_phone(user, ticket.customer)


def may_reveal(user: User, ticket: Ticket) -> bool:
    """Return whether ``user`` may have the number shown, with a reason (A-32).

    With a customer it is who may ask for the customer's own number. Without one it is whoever may
    ask for any number, and a consultant who received or handles the ticket: somebody must call.
    """
    if ticket.customer is not None:
        return may_reveal_phone(user, ticket.customer)
    access = user.role_definition.phone
    if access is PhoneAccess.OWN:
        return user.pk in (ticket.first_responder_id, ticket.handler_id)
    return access is PhoneAccess.REVEAL and user.has_perm("customers.reveal_phone")


@transaction.atomic
def reveal_phone(
    ticket: Ticket, *, reason: str, actor: User, now: datetime, ip: str | None = None
) -> str:
    """Return the whole number as it is written, empty without one; the look is audited.

    Raise RevealRefusedError for roles that never see it, TicketError for a reason of less than four
    characters, PhoneQuestionsUsedUpError beyond 30 numbers a minute, of customers and tickets.
    """
    if not may_reveal(actor, ticket):
        raise RevealRefusedError
    stated = clean_text(reason)[:200]
    if not sees_phone(actor, ticket) and len(stated) < SHORTEST_REASON:
        raise TicketError(_("Say in four characters or more why you need the number."))
    spend_phone_question(purpose="reveal", user=actor, now=now)
    record(
        kind=SHOWN,
        actor=actor,
        subject=("ticket", ticket.pk),
        reason=stated or STANDING,
        facts={"result": "shown", "number": ticket.number},
        ip=ip,
        now=now,
    )
    return show_phone(str(ticket.contact_phone)) if ticket.contact_phone else ""
