"""Handing a ticket over: it stands once it is accepted (SVC-03, SVC-06)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.rules.text import clean_text
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketTransfer
from service.tickets.querysets import OPEN
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.steps import name_handler, require_open

ANSWER_WITHIN = timedelta(hours=4)
OFFERED, ESCALATED = "ticket.transfer_offered", "ticket.transfer_silent"
LEAD = "service.lead_tickets"
WORK = "service.work_tickets"


@transaction.atomic
def ask_transfer(
    ticket: Ticket, *, taker: User, reason: str, actor: User, now: datetime
) -> TicketTransfer:
    """Offer an open ticket to somebody and return the offer; whoever answers for it still does.

    Raise TicketError for oneself, for somebody who may not handle tickets, without a reason, or
    while another offer is unanswered.
    """
    require_open(ticket)
    words = clean_text(reason)[:300]
    if not words:
        raise TicketError(_("Say why the ticket goes to somebody else."))
    if taker.pk == ticket.handler_id:
        raise TicketError(_("This person handles the ticket already."))
    if not (taker.is_active and taker.has_perm(WORK)):
        raise TicketError(_("This person does not handle tickets. Choose somebody else."))
    if ticket.transfers.filter(state="asked").exists():
        raise TicketError(_("An earlier offer is not answered yet. Take it back first."))
    transfer = TicketTransfer.objects.create(
        ticket=ticket,
        giver=ticket.responsible,
        taker=taker,
        reason=words,
        asked_by=actor,
        asked_at=now,
        due_at=now + ANSWER_WITHIN,
    )
    data = {"transfer": transfer.pk, "taker": taker.pk}
    note = f"{taker.name}: {words}"
    write_event(ticket, "transfer_asked", actor=actor, now=now, note=note, data=data)
    _tell(OFFERED, [taker], ticket, f"{transfer.pk}", now)
    return transfer


@transaction.atomic
def answer_transfer(
    transfer: TicketTransfer, *, accepts: bool, note: str, actor: User, now: datetime
) -> TicketTransfer:
    """Accept or refuse an offer made to ``actor`` and return it; the same answer again is no error.

    An accepted one makes the taker the handler; the ticket keeps its clocks. Raise TicketError
    where somebody else was asked, or the offer was answered otherwise.
    """
    ticket: Ticket = transfer.ticket
    lock_ticket(ticket)
    transfer.refresh_from_db()
    if transfer.taker_id != actor.pk:
        raise TicketError(_("Somebody else was asked to take the ticket."))
    wanted = "accepted" if accepts else "refused"
    if transfer.state == wanted:
        return transfer
    if transfer.state != "asked" or not ticket.is_open:
        raise TicketError(_("The offer no longer stands."))
    words = clean_text(note)[:300]
    if not accepts and not words:
        raise TicketError(_("Say why you do not take the ticket."))
    transfer.state, transfer.decided_at, transfer.note = wanted, now, words
    transfer.save(update_fields=["state", "decided_at", "note"])
    write_event(
        ticket,
        f"transfer_{wanted}",
        actor=actor,
        now=now,
        note=words,
        data={"transfer": transfer.pk},
    )
    if accepts:
        name_handler(ticket, actor, actor=actor, now=now)
    return transfer


@transaction.atomic
def withdraw_transfer(transfer: TicketTransfer, *, actor: User, now: datetime) -> TicketTransfer:
    """Take an unanswered offer back and return it."""
    ticket: Ticket = transfer.ticket
    lock_ticket(ticket)
    transfer.refresh_from_db()
    if transfer.state == "withdrawn":
        return transfer
    if transfer.state != "asked":
        raise TicketError(_("The offer was answered already."))
    transfer.state, transfer.decided_at = "withdrawn", now
    transfer.save(update_fields=["state", "decided_at"])
    note = _("Offer taken back")
    write_event(ticket, "noted", actor=actor, now=now, note=note, data={"transfer": transfer.pk})
    return transfer


def escalate_silent(*, now: datetime) -> int:
    """Pass offers nobody answered in time up to the leads of the project, each once (SVC-06).

    Return how many; whoever answered for the ticket before still does.
    """
    rows = TicketTransfer.objects.filter(state="asked", due_at__lte=now, escalated_at=None)
    rows = rows.filter(ticket__state__in=OPEN)
    return sum(_escalate(pk, now) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _escalate(pk: int, now: datetime) -> int:
    transfer = TicketTransfer.objects.select_related("ticket__project__node").get(pk=pk)
    lock_ticket(transfer.ticket)
    ticket = transfer.ticket
    changed = TicketTransfer.objects.filter(pk=pk, state="asked", escalated_at=None)
    if not ticket.is_open or not changed.update(escalated_at=now):
        return 0
    data = {"transfer": pk}
    write_event(
        ticket, "transfer_escalated", actor=None, now=now, note=transfer.taker.name, data=data
    )
    _tell(ESCALATED, leads_of(ticket), ticket, f"{pk}", now)
    return 1


def leads_of(ticket: Ticket) -> list[User]:
    """Return who leads the tickets of the project: those of its region with the right."""
    region = ticket.project.node.region_id
    people = User.objects.filter(is_active=True, role="service_manager", node__region=region)
    return list(people.order_by("pk"))


def _tell(kind: str, people: list[User], ticket: Ticket, occurrence: str, now: datetime) -> None:
    params = {"number": ticket.number}
    send_many(
        [
            Outgoing(
                kind=kind,
                recipient=person,
                key=f"{kind}:{occurrence}:{person.pk}",
                params=params,
                subject=("ticket", ticket.pk),
            )
            for person in people
        ],
        now=now,
    )
