"""Whoever gave an opinion is told what was done with it, and that is written down (SVC-66)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from service.knowledge.rating_models import FeedbackReply
from service.tickets.models import Ticket
from service.tickets.services.events import lock_ticket, write_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the giver of an opinion was told, how, and what came of it."""

    channel: str
    text: str
    change: str = ""
    thanks: str = ""


@transaction.atomic
def tell_giver(*, ticket: Ticket, reply: Reply, actor: User, now: datetime) -> FeedbackReply:
    """Write down that the giver was told; the ticket counts as told from now on.

    Raise RefusedError without words.
    """
    lock_ticket(ticket)
    text = reply.text.strip()
    if not text:
        raise RefusedError(_("Write what you told the customer."))
    row = FeedbackReply.objects.create(
        ticket=ticket,
        channel=reply.channel,
        text=text,
        change=reply.change.strip(),
        thanks=reply.thanks.strip(),
        actor=actor,
        at=now,
    )
    if ticket.told_at is None:
        ticket.told_at = now
        ticket.save(update_fields=["told_at"])
    data = {"reply": row.pk, "channel": row.channel}
    write_event(ticket, "told", actor=actor, now=now, note=text, data=data)
    return row
