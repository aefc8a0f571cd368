"""Changing the facts of a ticket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text
from service.tickets.errors import TicketError
from service.tickets.models import Ticket
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.opening import phone_values

PLAIN = ("customer", "unit", "stage", "occurred_on", "is_demanding")


@transaction.atomic
def change_facts(
    ticket: Ticket, *, values: Mapping[str, Any], actor: User, now: datetime
) -> Ticket:
    """Write the facts of a ticket and return it; which ones changed stands in its event.

    ``new_phone`` is any spelling of a number, empty for the one it has. Raise TicketError without
    a subject or with a number nobody can call.
    """
    lock_ticket(ticket)
    wanted: dict[str, Any] = {
        "subject": clean_text(values["subject"])[:120],
        "body": clean_lines(values["body"])[:4000],
        "contact_name": clean_text(values["contact_name"])[:80],
        **{name: values[name] for name in PLAIN},
    }
    if not wanted["subject"]:
        raise TicketError(_("Say in a few words what the matter is."))
    if values.get("new_phone"):
        wanted |= phone_values(values["new_phone"])
    changed = [name for name, value in wanted.items() if getattr(ticket, name) != value]
    if not changed:
        return ticket
    for name in changed:
        setattr(ticket, name, wanted[name])
    ticket.save(update_fields=[*changed, "updated_at"])
    fields = [name for name in changed if name != "contact_phone_index"]
    write_event(ticket, "edited", actor=actor, now=now, data={"fields": fields})
    return ticket
