"""Taking what waits out of the queue, and putting it back (SVC-11)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from service.desk.models import DeskMessage
from service.tickets.services.events import lock_ticket, write_event


@transaction.atomic
def take_from_queue(*, message: DeskMessage, actor: User, now: datetime) -> DeskMessage:
    """Let ``actor`` take a message and answer for its ticket; raise StaleError once taken."""
    current = _lock(message)
    if current.taken_by_id not in (None, actor.pk):
        raise StaleError(_("A colleague has taken this already."))
    if current.taken_by_id is None:
        current.taken_by, current.taken_at = actor, now
        current.save(update_fields=["taken_by", "taken_at", "updated_at"])
        ticket = current.ticket
        lock_ticket(ticket)
        if ticket.handler_id is None:
            ticket.first_responder = actor
            ticket.save(update_fields=["first_responder", "updated_at"])
            write_event(ticket, "noted", actor=actor, now=now, note=_("Taken from the queue"))
        record(kind="desk.taken", actor=actor, subject=("ticket", ticket.pk), now=now)
    return current


@transaction.atomic
def give_back(*, message: DeskMessage, actor: User) -> DeskMessage:
    """Put a message back into the queue; raise StaleError where ``actor`` does not have it."""
    current = _lock(message)
    if current.taken_by_id != actor.pk:
        raise StaleError(_("You do not have this message. Look at the queue again."))
    current.taken_by, current.taken_at = None, None
    current.save(update_fields=["taken_by", "taken_at", "updated_at"])
    return current


def _lock(message: DeskMessage) -> DeskMessage:
    found: DeskMessage = DeskMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    return found
