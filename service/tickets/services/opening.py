"""Opening a ticket: once for each source, with a class, somebody responsible, its first event."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.indexes import phone_index
from customers.models import Project
from customers.rules.phones import PhoneError, normalise_phone
from customers.rules.text import clean_lines, clean_text
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketOfficer
from service.tickets.rules import (
    RANKS,
    Axis,
    Channel,
    TicketKind,
    TicketState,
    Urgency,
    is_history,
    step_limit,
)
from service.tickets.services.events import OPENED, write_event
from service.tickets.services.routing import department_for

ONCE = "ticket_source_once"
NEXT_ID = "SELECT nextval(pg_get_serial_sequence('service_ticket', 'id'))"
OFFICER_OF = {TicketKind.REPAIR.value: "repair"}


def open_ticket(draft: TicketDraft, *, actor: User | None, now: datetime) -> Ticket:
    """Open a ticket and return it; the same source and source_id return the first one.

    Without a first responder it is ``actor``, else the officer of the project (SVC-03, SVC-30).
    It counts as received at ``draft.received_at``; an imported one of the past owes no step.
    Raise TicketError for a draft without words, with a class of another kind, a number that is no
    phone number, or one that is complex and names nobody (SVC-02).
    """
    earlier = _known(draft)
    if earlier is not None:
        return earlier
    values = _values(draft, actor, now)
    if not draft.source_id:  # nothing can be the same, so nothing is caught
        with transaction.atomic(savepoint=False):
            return _write(draft, values, actor, now)
    try:
        with transaction.atomic():
            return _write(draft, values, actor, now)
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        return Ticket.objects.get(source=draft.source, source_id=draft.source_id)


def officer_of(project: Project, kind: str) -> User | None:
    """Return who receives tickets of this kind in ``project``, else its customer specialist."""
    duty = OFFICER_OF.get(kind, "complaint")
    found = TicketOfficer.objects.filter(project=project, duty=duty, user__is_active=True)
    officer = found.select_related("user").first()
    return officer.user if officer is not None else project.specialist


def phone_values(text: str) -> dict[str, str | bytes | None]:
    """Return the columns of the phone of whoever reports; raise TicketError for no number."""
    if not text.strip():
        return {"contact_phone": None, "contact_phone_index": None}
    try:
        number = normalise_phone(text).e164
    except PhoneError:
        raise TicketError(_("The phone number cannot be called; check its digits.")) from None
    return {"contact_phone": number, "contact_phone_index": phone_index(number)}


def _known(draft: TicketDraft) -> Ticket | None:
    if not draft.source_id:
        return None
    found: Ticket | None = Ticket.objects.filter(
        source=draft.source, source_id=draft.source_id
    ).first()
    return found


def _values(draft: TicketDraft, actor: User | None, now: datetime) -> dict[str, object]:
    subject = clean_text(draft.subject)[:120]
    if not subject:
        raise TicketError(_("Say in a few words what the matter is."))
    _check_classes(draft)
    category = draft.category
    urgency = draft.urgency or (category.urgency if category else Urgency.ROUTINE.value)
    if urgency == Urgency.COMPLEX and draft.handler is None:
        raise TicketError(_("A complex matter needs a named person who follows it to the end."))
    responder = draft.first_responder or actor or officer_of(draft.project, draft.kind)
    return {
        "subject": subject,
        "body": clean_lines(draft.body)[:4000],
        "urgency": urgency,
        "rank": RANKS[urgency],
        "first_responder": responder,
        "contact_name": clean_text(draft.contact_name)[:80],
        "department": draft.department
        or department_for(category, kind=draft.kind, stage=draft.stage, now=now),
        **phone_values(draft.contact_phone),
    }


def _check_classes(draft: TicketDraft) -> None:
    for row, axis in ((draft.category, Axis.OBJECT), (draft.cause, Axis.CAUSE)):
        if row is not None and (row.kind != draft.kind or row.axis != axis):
            raise TicketError(_("The class belongs to another kind of ticket; choose again."))


def _write(
    draft: TicketDraft, values: dict[str, object], actor: User | None, now: datetime
) -> Ticket:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ID)
        pk = cursor.fetchone()[0]
    ticket = _row(pk, draft, values, now)
    ticket.save(force_insert=True)
    data = {"source": draft.source} if draft.source else {}
    states = ("", ticket.state)
    write_event(ticket, OPENED, actor=actor, now=now, at=ticket.opened_at, states=states, data=data)
    return ticket


def unsaved(draft: TicketDraft, *, pk: int, actor: User | None, now: datetime) -> Ticket:
    """Return the row of a ticket, not written; raise as ``open_ticket`` does."""
    return _row(pk, draft, _values(draft, actor, now), now)


def _row(pk: int, draft: TicketDraft, values: dict[str, object], now: datetime) -> Ticket:
    received = min(draft.received_at or now, now)
    return Ticket(
        pk=pk,
        number=f"T{timezone.localtime(received):%y%m%d}-{pk:05d}",
        kind=TicketKind(draft.kind).value,
        state=TicketState.RECEIVED.value,
        category=draft.category,
        cause=draft.cause,
        severity=draft.severity,
        stage=draft.stage,
        channel=draft.channel,
        customer=draft.customer,
        project=draft.project,
        unit=draft.unit,
        purchase=draft.purchase,
        handler=draft.handler,
        group=draft.group,
        source=draft.source,
        source_id=draft.source_id,
        occurred_on=draft.occurred_on,
        is_proactive=draft.is_proactive,
        is_demanding=draft.is_demanding,
        opened_at=received,
        step_due_at=_step_due(draft, str(values["urgency"]), received, now),
        **values,
    )


def _step_due(
    draft: TicketDraft, urgency: str, received: datetime, now: datetime
) -> datetime | None:
    """Return by when a new ticket is classified; an import is looked at from its import on."""
    is_import = draft.channel == Channel.IMPORT
    if is_history(draft.channel, received_at=received, occurred_on=draft.occurred_on, now=now):
        return None
    limit = step_limit(TicketState.RECEIVED.value, urgency)
    return None if limit is None else (now if is_import else received) + limit
