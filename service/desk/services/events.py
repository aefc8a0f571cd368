"""What the telephone system tells: believed by its signature, applied once, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.calendars.builtin import HOTLINE
from crm_site.calendars.rules.working_time import is_working
from crm_site.calendars.services import calendar_for
from crm_site.policies.services import in_force
from customers.indexes import phone_index
from customers.models import Project
from customers.search import asked_phone
from service.desk.errors import IngressError
from service.desk.ingress import APPLIED, REPLAYED, believed, moment_of, text_of
from service.desk.models import CallEvent, DeskCall, DeskSeat
from service.desk.policies import DESK
from service.desk.rules.calls import CallState, EventKind, Facts, Mode, Told, facts_of
from service.desk.services.finding import holders_of
from service.desk.services.intake import Incoming, complete_message, take_message


@dataclass(frozen=True, slots=True)
class Report:
    """An event as it is read: its own key, the call, what was told."""

    event: str
    call: str
    told: Told


def take_event(*, body: bytes, timestamp: str, signed: str, now: datetime) -> str:
    """Apply an event of the telephone system; return "applied", or "replayed" for a known one.

    Raise IngressSignatureError for what is not signed or too old, IngressError for what cannot be
    read; nothing is written then (A-12, SVC-23).
    """
    said = believed(body=body, timestamp=timestamp, signed=signed, now=now)
    return keep_event(read(said, now=now), now=now)


def read(said: dict[str, Any], *, now: datetime) -> Report:
    """Return the event that a report holds; raise IngressError where it is none."""
    kind = text_of(said, "kind", 12, is_needed=True)
    if kind not in list(EventKind):
        raise IngressError(_("“kind” is none of the events of a call."))
    told = Told(
        kind=EventKind(kind),
        at=moment_of(said, now=now),
        caller=text_of(said, "caller", 40),
        line=text_of(said, "line", 40),
        extension=text_of(said, "extension", 20),
        recording=text_of(said, "recording", 300),
    )
    event = text_of(said, "event", 100, is_needed=True)
    return Report(event, text_of(said, "call", 100, is_needed=True), told)


def keep_event(report: Report, *, now: datetime) -> str:
    """Write the event and compute its call anew; an event already known changes nothing."""
    if CallEvent.objects.filter(event=report.event).exists():
        return REPLAYED
    try:
        with transaction.atomic():
            _apply(report, now)
    except IntegrityError as error:
        if CallEvent.objects.filter(event=report.event).exists():
            return REPLAYED
        raise error
    return APPLIED


def _apply(report: Report, now: datetime) -> None:
    keep_log(report.call, [report], now=now)


@transaction.atomic
def keep_log(external_id: str, reports: Sequence[Report], *, now: datetime) -> DeskCall:
    """Write unknown events of one call, compute the call once from all of them and return it."""
    first = min(each.told.at for each in reports)
    fresh = DeskCall(external_id=external_id, began_at=first)
    DeskCall.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = DeskCall.objects.select_for_update(of=("self",))
    call: DeskCall = rows.get(external_id=external_id)
    CallEvent.objects.bulk_create([_row(call, each, now) for each in reports])
    events = [_told(each) for each in CallEvent.objects.filter(call=call)]
    write_facts(call, facts_of(events))
    return call


def _row(call: DeskCall, report: Report, now: datetime) -> CallEvent:
    told = report.told
    return CallEvent(
        event=report.event,
        call=call,
        kind=told.kind.value,
        at=told.at,
        caller=told.caller or None,
        line=told.line,
        extension=told.extension,
        recording=told.recording,
        received_at=now,
    )


def _told(row: CallEvent) -> Told:
    return Told(
        EventKind(row.kind), row.at, str(row.caller or ""), row.line, row.extension, row.recording
    )


def write_facts(call: DeskCall, facts: Facts) -> None:
    """Put what the events tell on the call, with the customer, the project and the agent."""
    number = asked_phone(facts.caller) if facts.caller else None
    call.state, call.line, call.recording = facts.state.value, facts.line, facts.recording
    call.began_at, call.answered_at, call.ended_at = (
        facts.began_at,
        facts.answered_at,
        facts.ended_at,
    )
    call.number = number or facts.caller or None
    call.number_index = phone_index(number) if number else None
    call.mode = mode_at(facts.began_at).value
    seat = DeskSeat.objects.filter(extension=facts.extension).first() if facts.extension else None
    _answer_at(call, seat)
    _place(call, facts)
    call.save()
    if seat is not None:
        _follow_seat(seat, call)
    if facts.state is CallState.VOICEMAIL:
        _keep_voice(call, facts)


def _answer_at(call: DeskCall, seat: DeskSeat | None) -> None:
    """Name the agent whose extension was told last; without one, whoever took the call stays.

    A call passed on to another seat rings there anew.
    """
    if seat is not None:
        if call.agent_id not in (None, seat.user_id):
            call.accepted_at = None
        call.agent_id = seat.user_id
    elif call.accepted_at is None and not call.disposition:
        call.agent_id = None


def _keep_voice(call: DeskCall, facts: Facts) -> None:
    """Make a ticket of a voice message, at the moment it was left (SVC-22)."""
    at = facts.ended_at or facts.began_at
    incoming = Incoming(
        channel="voice",
        key=f"{call.pk}",
        subject=_("Voice message"),
        body=_("Left with the automatic service of the hotline."),
        phone=call.caller,
        document=call.recording,
        project=call.project,
        customer=call.customer,
        received_at=facts.left_at or at,
    )
    message = take_message(incoming, actor=None, now=at)
    complete_message(message, incoming)
    if call.ticket_id != message.ticket_id:
        call.ticket = message.ticket
        call.save(update_fields=["ticket", "updated_at"])


def _place(call: DeskCall, facts: Facts) -> None:
    """Name customer and project, where the number is of one person only and nobody chose."""
    code = in_force(DESK, at=facts.began_at).value.project_code(facts.line)
    named = Project.objects.filter(code=code).first() if code else None
    if call.customer_id is None and call.caller:
        found = list(holders_of(call.caller)[:2])
        if len(found) == 1:
            call.customer = found[0]
    if named is not None:
        call.project = named
    elif call.customer is not None:
        call.project_id = call.customer.project_id


def _follow_seat(seat: DeskSeat, call: DeskCall) -> None:
    """Let the presence of the agent follow the call: in a call, then writing up (SVC-11).

    What is told late changes nothing: the agent has said something since.
    """
    state = ""
    if call.state in ("active", "held"):
        state = "busy"
    elif call.state == "ended" and seat.state == "busy" and not _talks(seat, call):
        state = "after"
    since = (call.answered_at if state == "busy" else call.ended_at) or call.began_at
    if state and state != seat.state and since >= seat.state_since:
        seat.state, seat.state_since = state, since
        seat.save(update_fields=["state", "state_since", "updated_at"])


def _talks(seat: DeskSeat, but: DeskCall) -> bool:
    rows = DeskCall.objects.filter(agent=seat.user_id, state__in=("active", "held"))
    return rows.exclude(pk=but.pk).exists()


def mode_at(at: datetime) -> Mode:
    """Return whether the hotline is staffed at that moment, by its calendar (SVC-21)."""
    return Mode.STAFFED if is_working(at, calendar_for(HOTLINE)) else Mode.AUTOMATIC
