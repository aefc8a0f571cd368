"""From the help page to a person: a ticket with the transcript, and following it (SVC-12, 18)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from crm_site.calendars.builtin import HOTLINE
from crm_site.calendars.rules.working_time import is_working, next_working_moment
from crm_site.calendars.services import calendar_for
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.indexes import phone_index
from customers.models import Customer, Project
from customers.rules.phones import PhoneError, normalise_phone
from service.knowledge.finding import rules_at
from service.knowledge.help_models import HelpCase, HelpTalk
from service.knowledge.services.talking import transcript
from service.tickets.drafts import TicketDraft
from service.tickets.services.opening import open_ticket

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
CODE_LENGTH: Final = 10
SALT: Final = "service.knowledge.tracking"
SUBJECT: Final = 120
BODY: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who wants a person: a customer or anybody else, and what about."""

    name: str
    phone: str
    project: Project
    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class Promise:
    """Whether somebody is there now, and until when a person gets in touch."""

    is_staffed: bool
    at: datetime


def promise_at(now: datetime) -> Promise:
    """Return when a person gets in touch: soon in staffed hours, else once the desk opens again."""
    calendar, rules = calendar_for(HOTLINE), rules_at(now)
    if is_working(now, calendar):
        return Promise(is_staffed=True, at=now + timedelta(minutes=rules.staffed_minutes))
    opens = next_working_moment(now, calendar)
    return Promise(is_staffed=False, at=opens + timedelta(minutes=rules.call_back_minutes))


@transaction.atomic
def ask_for_person(*, talk: HelpTalk, visitor: Visitor, now: datetime) -> tuple[HelpCase, str]:
    """Open a ticket of kind inquiry with the transcript; return the case and its tracking code.

    One talk opens one ticket: asked again it is the same ticket with a new code. Raise RefusedError
    for a number that cannot be called.
    """
    row = HelpTalk.objects.select_for_update().get(pk=talk.pk)
    said, code = transcript(row), new_code()
    known = HelpCase.objects.filter(talk=row).select_related("ticket").first()
    if known is not None:
        known.code_digest = digest_of(known.ticket.number, code)
        known.save(update_fields=["code_digest"])
        return known, code
    promise = promise_at(now)
    ticket = open_ticket(_draft(row, visitor, said, promise), actor=None, now=now)
    case = HelpCase.objects.create(
        ticket=ticket,
        talk=row,
        code_digest=digest_of(ticket.number, code),
        is_staffed=promise.is_staffed,
        promised_at=promise.at,
    )
    return case, code


def followed(number: str, code: str) -> HelpCase | None:
    """Return the case of a ticket number and its tracking code, None where they do not fit."""
    rows = HelpCase.objects.select_related("ticket__project", "ticket__handler")
    case = rows.filter(ticket__number=number.strip().upper()).first()
    digest = digest_of(number.strip().upper(), code.strip().upper())
    fits = constant_time_compare(case.code_digest if case else "", digest)
    return case if fits else None


@transaction.atomic
def note_called(*, case: HelpCase, actor: User, now: datetime) -> HelpCase:
    """Write down that a person got in touch; raise RefusedError where somebody did already."""
    done = HelpCase.objects.filter(pk=case.pk, called_at=None).update(
        called_at=now, called_by=actor
    )
    case.refresh_from_db()
    if not done:
        raise RefusedError(_("Somebody got in touch already."))
    return case


def new_code() -> str:
    """Return a new tracking code."""
    return "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))


def digest_of(number: str, code: str) -> str:
    """Return the keyed digest under which the code of a ticket is kept."""
    return salted_hmac(SALT, f"{number}:{code}", algorithm="sha256").hexdigest()


def body_of(message: str, said: str) -> str:
    """Return the text of the ticket: the message, then what was said, the latest lines of it.

    A long talk does not fit; the whole of it stands on the page of the ticket.
    """
    if not said:
        return message
    head = f"{message}\n{_('Transcript of the help page:')}"
    lines, room = said.splitlines(), BODY - len(head) - 1
    if len(said) <= room:
        return f"{head}\n{said}"
    head += "\n" + _("(The beginning is left out here; the whole talk stands below.)")
    kept: list[str] = []
    room = BODY - len(head)
    while lines and len(lines[-1]) < room:
        room -= len(lines[-1]) + 1
        kept.insert(0, lines.pop())
    return "\n".join((head, *kept))


def _draft(talk: HelpTalk, visitor: Visitor, said: str, promise: Promise) -> TicketDraft:
    first = next((line.strip() for line in visitor.message.splitlines() if line.strip()), "")
    return TicketDraft(
        kind="inquiry",
        project=visitor.project,
        subject=(first or _("Question from the help page"))[:SUBJECT],
        body=body_of(visitor.message.strip(), said),
        channel="web",
        stage=visitor.stage,
        customer=_customer(visitor.phone),
        contact_name=visitor.name,
        contact_phone=visitor.phone,
        source="help",
        source_id=str(talk.key),
    )


def _customer(phone: str) -> Customer | None:
    """Return the one customer with this number, None where nobody has it."""
    try:
        number = normalise_phone(phone).e164
    except PhoneError:
        raise RefusedError(_("The phone number cannot be called; check its digits.")) from None
    rows = Customer.objects.filter(phone_index=phone_index(number), merged_into__isnull=True)
    return rows.first()
