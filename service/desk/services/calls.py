"""What an agent does with a call: accept it, say who it is, write the matter down, wrap up."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.models import Customer, Project, Purchase
from customers.property.models import Unit
from customers.rules.axes import Channel, Result, TaskKind
from customers.rules.entry import CapturePoint, CustomerEntry
from customers.services.customers import register_customer
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.tasks import TaskEntry, create_task
from service.desk.categories import Option
from service.desk.models import DeskCall
from service.desk.services.finding import holders_of
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.opening import open_ticket

SOURCE = "desk.call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the caller told: the class, in which words, about which unit, how grave."""

    option: Option
    summary: str
    severity: str
    project: Project
    unit: Unit | None = None
    join: Ticket | None = None


def lock_call(call: DeskCall) -> DeskCall:
    """Lock the call and return it read anew."""
    found: DeskCall = DeskCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    return found


@transaction.atomic
def accept_call(*, call: DeskCall, actor: User, now: datetime) -> DeskCall:
    """Let ``actor`` take the call and return it; raise StaleError where a colleague has it."""
    current = lock_call(call)
    if current.agent_id not in (None, actor.pk):
        raise StaleError(_("A colleague has taken this call."))
    if current.accepted_at is None:
        current.agent, current.accepted_at = actor, now
        current.save(update_fields=["agent", "accepted_at", "updated_at"])
        record(kind="call.accepted", actor=actor, subject=("call", call.pk), now=now)
    return current


@transaction.atomic
def name_caller(*, call: DeskCall, customer: Customer, actor: User, now: datetime) -> DeskCall:
    """Say which of those who have the number is calling; raise RefusedError for anybody else."""
    current = lock_call(call)
    if not current.caller or not holders_of(current.caller).filter(pk=customer.pk).exists():
        raise RefusedError(_("This customer does not have the number of the call."))
    current.customer = customer
    current.project_id = current.project_id or customer.project_id
    current.save(update_fields=["customer", "project", "updated_at"])
    record(kind="call.named", actor=actor, subject=("call", call.pk), now=now)
    return current


@transaction.atomic
def register_caller(
    *, call: DeskCall, name: str, project: Project, actor: User, now: datetime
) -> DeskCall:
    """Write down a new customer with the number of the call, and name them as the caller.

    Raise EntryError, by field, for what cannot be stored.
    """
    current = lock_call(call)
    entry = CustomerEntry(
        capture_point=CapturePoint.HOTLINE,
        name=name,
        phone=current.caller,
        project=project,
        received_at=current.began_at,
        starts_clocks=False,
    )
    registered = register_customer(entry=entry, actor=actor, now=now)
    current.customer, current.project = registered.customer, current.project or project
    current.save(update_fields=["customer", "project", "updated_at"])
    return current


def open_like(matter: Matter, customer: Customer | None, *, user: User) -> Ticket | None:
    """Return an open ticket of the same customer about the same class, if there is one."""
    if customer is None:
        return None
    rows = Ticket.objects.visible_to(user).open().filter(customer=customer)
    same = rows.filter(category=matter.option.category)
    if matter.unit is not None:
        same = same.filter(Q(unit=matter.unit) | Q(unit__isnull=True))
    found: Ticket | None = same.order_by("-opened_at").first()
    return found


@transaction.atomic
def write_matter(*, call: DeskCall, matter: Matter, actor: User, now: datetime) -> Ticket:
    """Open the ticket of a call, or note it on the open one it belongs to; return that ticket."""
    current = lock_call(call)
    if matter.join is not None:
        ticket = matter.join
        lock_ticket(ticket)
        if ticket.customer_id is None or ticket.customer_id != current.customer_id:
            raise RefusedError(_("This ticket is of somebody else. Write a new one."))
        if not ticket.is_open:
            raise StaleError(_("This ticket was closed meanwhile. Write a new one."))
        write_event(ticket, "noted", actor=actor, now=now, note=matter.summary)
    else:
        ticket = open_ticket(_draft(current, matter, actor), actor=actor, now=now)
    current.ticket, current.disposition = ticket, current.disposition or "ticket"
    current.agent_id = current.agent_id or actor.pk
    current.project_id = current.project_id or ticket.project_id
    current.save(update_fields=["ticket", "disposition", "agent", "project", "updated_at"])
    return ticket


def _draft(call: DeskCall, matter: Matter, actor: User) -> TicketDraft:
    category = matter.option.category
    tickets = Ticket.objects.filter(source=SOURCE, source_id__startswith=f"{call.pk}.").count()
    purchase = None
    if matter.unit is not None and call.customer_id is not None:
        rows = Purchase.objects.filter(customer=call.customer_id, unit=matter.unit)
        purchase = rows.order_by("-begun_at").first()
    return TicketDraft(
        kind=category.kind,
        project=matter.project,
        subject=f"{category.name} · {matter.summary}"[:120],
        body=matter.summary,
        category=category,
        severity=matter.severity,
        channel="phone",
        customer=call.customer,
        contact_name=call.customer.name if call.customer else "",
        contact_phone=call.caller if call.caller.startswith("+") else "",
        unit=matter.unit,
        purchase=purchase,
        first_responder=actor,
        source=SOURCE,
        source_id=f"{call.pk}.{tickets + 1}",
    )


@dataclass(frozen=True, slots=True)
class WrapUp:
    """How a call ended."""

    disposition: str
    note: str
    call_back_at: datetime | None = None


@transaction.atomic
def wrap_up(*, call: DeskCall, said: WrapUp, actor: User, now: datetime) -> DeskCall:
    """Note how a call ended: on the record of the customer, with a task for the callback.

    Raise ValidationError where the customer does not want to be called (CUS-47).
    """
    current = lock_call(call)
    current.disposition, current.note = said.disposition, said.note.strip()
    current.agent_id = current.agent_id or actor.pk
    current.save(update_fields=["disposition", "note", "agent", "updated_at"])
    if current.customer is not None and current.note:
        entry = InteractionEntry(
            channel=Channel.PHONE,
            result=Result.REACHED if current.answered_at else Result.NO_ANSWER,
            content=current.note,
            at=min(current.began_at, now),
        )
        log_interaction(customer=current.customer, entry=entry, actor=actor, now=now)
    if said.call_back_at is not None:
        create_task(
            entry=TaskEntry(
                title=_("Call back: %(call)s") % {"call": current.note[:60] or current},
                due_at=said.call_back_at,
                owner=actor,
                customer=current.customer,
                kind=TaskKind.CALL,
                source=SOURCE,
                source_id=f"{current.pk}",
            ),
            actor=actor,
            now=now,
        )
    record(kind="call.wrapped_up", actor=actor, subject=("call", call.pk), now=now)
    return current
