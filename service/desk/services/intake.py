"""Messages of every channel become tickets, each message once (SVC-20, SVC-22)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.calendars.builtin import HOTLINE
from crm_site.calendars.rules.working_time import is_working, next_working_moment
from crm_site.calendars.services import calendar_for
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.text import clean_lines, clean_text
from customers.search import asked_phone
from service.desk.choices import CHANNELS, MATTERS
from service.desk.errors import IngressError
from service.desk.ingress import APPLIED, REPLAYED, believed, moment_of, text_of
from service.desk.models import DeskMessage
from service.desk.policies import DESK
from service.desk.services.finding import holders_of
from service.tickets.drafts import TicketDraft
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.opening import officer_of, open_ticket, phone_values

ONCE = "desk_message_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as it came in. ``key`` is that of its channel: the same key is one message."""

    channel: str
    key: str
    subject: str
    body: str = ""
    kind: str = "inquiry"
    name: str = ""
    phone: str = ""
    email: str = ""
    document: str = ""
    project: Project | None = None
    customer: Customer | None = None
    received_at: datetime | None = None


def take_message(message: Incoming, *, actor: User | None, now: datetime) -> DeskMessage:
    """Keep a message, open its ticket and return it; a key seen before returns the first one.

    The ticket is opened at the moment the message came, also outside the hours of the hotline, so
    that its clocks run from there (CON-10); the queue has it from the first working minute on.
    """
    known = _known(message)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _keep(message, actor, now)
    except IntegrityError as error:
        first = _known(message) if ONCE in str(error) else None
        if first is None:
            raise
        return first


def _known(message: Incoming) -> DeskMessage | None:
    rows = DeskMessage.objects.select_related("ticket")
    found: DeskMessage | None = rows.filter(channel=message.channel, key=message.key).first()
    return found


def _keep(message: Incoming, actor: User | None, now: datetime) -> DeskMessage:
    at = message.received_at or now
    phone = asked_phone(message.phone) if message.phone else None
    customer = message.customer or only_holder(phone)
    project = message.project or (customer.project if customer else None) or fallback_project(now)
    if project is None:
        raise IngressError(_("There is no project yet that could take the message."))
    subject = clean_text(message.subject)[:120] or _("Message without a subject")
    ticket = open_ticket(
        TicketDraft(
            kind=message.kind,
            project=project,
            subject=subject,
            body=message.body,
            channel=message.channel,
            customer=customer,
            contact_name=message.name,
            contact_phone=phone or "",
            source=f"desk.{message.channel}",
            source_id=message.key[:80],
        ),
        actor=actor,
        now=at,
    )
    return DeskMessage.objects.create(
        channel=message.channel,
        key=message.key,
        name=clean_text(message.name)[:80],
        phone=phone or message.phone[:40] or None,
        email=message.email[:200] or None,
        subject=subject,
        body=clean_lines(message.body)[:4000],
        document=message.document,
        received_at=at,
        queued_from=first_working_minute(at),
        project=project,
        customer=customer,
        ticket=ticket,
    )


@transaction.atomic
def complete_message(message: DeskMessage, later: Incoming) -> None:
    """Fill in what is known only now of a message: number, person, project, where the original is.

    Events of a call may overtake each other; whatever comes last, message and ticket end the same.
    A ticket somebody works on keeps its project.
    """
    phone = asked_phone(later.phone) if later.phone else None
    customer = later.customer or only_holder(phone)
    known = {
        "document": later.document,
        "phone": phone or later.phone[:40] or None,
        "customer": customer,
        "project": later.project or (customer.project if customer else None),
    }
    changed = [name for name, value in known.items() if value and getattr(message, name) != value]
    if message.customer_id is not None and "customer" in changed:
        changed.remove("customer")
    if not changed:
        return
    for name in changed:
        setattr(message, name, known[name])
    message.save(update_fields=[*changed, "updated_at"])
    _complete_ticket(message, phone or "")


def _complete_ticket(message: DeskMessage, phone: str) -> None:
    ticket = message.ticket
    lock_ticket(ticket)
    wanted: dict[str, Any] = {}
    if ticket.customer_id is None and message.customer_id is not None:
        wanted["customer"] = message.customer
    if not ticket.contact_phone and phone:
        wanted |= phone_values(phone)
    is_fresh = ticket.state == "received" and ticket.handler_id is None
    if is_fresh and message.taken_by_id is None and ticket.project_id != message.project_id:
        wanted |= {"project": message.project}
        if message.project is not None:
            wanted["first_responder"] = officer_of(message.project, ticket.kind)
    if not wanted:
        return
    for name, value in wanted.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=[*wanted, "updated_at"])
    fields = [name for name in wanted if name != "contact_phone_index"]
    write_event(ticket, "edited", actor=None, now=message.received_at, data={"fields": fields})


def only_holder(phone: str | None) -> Customer | None:
    """Return who has the number, where that is one person only."""
    found = list(holders_of(phone).select_related("project")[:2]) if phone else []
    return found[0] if len(found) == 1 else None


def fallback_project(now: datetime) -> Project | None:
    """Return the project that takes what names none: that of the policy, else the first one."""
    code = in_force(DESK, at=now).value.fallback_project
    named = Project.objects.filter(code=code).first() if code else None
    return named or Project.objects.order_by("code").first()


def first_working_minute(at: datetime) -> datetime:
    """Return ``at`` while the hotline is staffed, else when it next is (SVC-22)."""
    calendar = calendar_for(HOTLINE)
    return at if is_working(at, calendar) else next_working_moment(at, calendar)


def take_signed(*, body: bytes, timestamp: str, signed: str, now: datetime) -> tuple[str, str]:
    """Take a message a bridge reports (fax, app, e-mail, chat); return result and ticket number.

    Raise IngressSignatureError for what is not signed or too old, IngressError for what cannot be
    read (A-12).
    """
    said = believed(body=body, timestamp=timestamp, signed=signed, now=now)
    message = _read(said, now)
    known = _known(message)
    kept = known or take_message(message, actor=None, now=now)
    return (REPLAYED if known else APPLIED), kept.ticket.number


def _read(said: dict[str, Any], now: datetime) -> Incoming:
    channel = text_of(said, "channel", 8, is_needed=True)
    kind = text_of(said, "kind", 16) or "inquiry"
    if channel not in dict(CHANNELS) or kind not in dict(MATTERS):
        raise IngressError(_("“channel” or “kind” is none that is taken here."))
    return Incoming(
        channel=channel,
        kind=kind,
        key=text_of(said, "key", 80, is_needed=True),
        name=text_of(said, "name", 80),
        phone=text_of(said, "phone", 40),
        email=text_of(said, "email", 200),
        subject=text_of(said, "subject", 120),
        body=text_of(said, "body", 4000),
        document=text_of(said, "document", 300),
        project=Project.objects.filter(code=text_of(said, "project", 40)).first(),
        received_at=moment_of(said, now=now),
    )
