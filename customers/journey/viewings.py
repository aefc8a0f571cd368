"""Viewings at the sales office: booked, confirmed, checked in, called off, not come (CUS-61)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import ToAddressee, call_off, send_outside
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.journey.errors import SlotFullError, ViewingError
from customers.journey.policies import VIEWINGS, ViewingRules
from customers.journey.rules import lowest_free
from customers.journey.slots import booked, is_slot
from customers.journey.tried import in_company_words
from customers.models import BehaviourEvent, Customer, Meeting, MeetingGuest, Project, Task
from customers.purchase.services.locking import lock_customers
from customers.rules.axes import Channel, Result, TaskKind, TaskState
from customers.rules.behaviour import BehaviourKind
from customers.rules.consent import Purpose
from customers.rules.journey import JourneyPoint
from customers.rules.meetings import MeetingKind, MeetingState
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.journey import Reached, note_points
from customers.services.meetings import MEETING
from customers.services.reaching import ADDRESSEE
from customers.services.tasks import TaskEntry, cancel_task, complete_task, create_task

SOURCE: Final = "viewing"
SEAT: Final = "viewing_seat_once"
LINK: Final = "viewing_link_once"
BOOKED: Final = "viewing.booked"
REMINDER: Final = "viewing.reminder"
NO_SHOW: Final = "no_show"
TITLE: Final = gettext_lazy("Viewing: %(project)s")
TO_RECEIVE: Final = gettext_lazy("Receive a viewer at %(place)s")
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Who comes where and when; ``host`` receives them where the customer has no consultant.

    ``link`` is the mark of the link a customer booked by, empty where a colleague booked.
    """

    customer: Customer
    project: Project
    starts_at: dt.datetime
    host: User
    link: str = ""


def book_viewing(*, booking: Booking, actor: User | None, now: dt.datetime) -> Meeting:
    """Book a place of a slot for a customer and return the viewing; the owner receives them.

    Makes the task that reminds the host and the message to the customer. Raise SlotFullError when
    no place is left, ViewingError for a moment that is no slot, for a customer who is awaited
    somewhere at that time and for a link used before. Call it outside of a transaction that must
    go on after a refusal.
    """
    if not is_slot(booking.starts_at, now=now):
        raise ViewingError(_("Choose one of the slots that can be booked."))
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    ends_at = booking.starts_at + dt.timedelta(minutes=rules.minutes)
    try:
        with transaction.atomic():
            lock_customers([booking.customer.pk])
            _check_customer_is_free(booking, ends_at)
            seat = _free_seat(booking, capacity=rules.capacity)
            viewing = _write(booking, ends_at, seat, actor)
            _prepare(viewing, booking.customer, actor=actor, now=now)
    except IntegrityError as error:
        if SEAT in str(error):
            raise _full() from error
        if LINK in str(error):
            raise ViewingError(_("This link was used already.")) from error
        raise
    return viewing


def _write(booking: Booking, ends_at: dt.datetime, seat: int, actor: User | None) -> Meeting:
    project = booking.project
    viewing = Meeting.objects.create(
        kind=MeetingKind.VIEWING.value,
        title=in_company_words(TITLE, project=project.name)[:120],
        owner=booking.customer.owner or booking.host,
        project=project,
        place=(project.address or project.name)[:120],
        starts_at=booking.starts_at,
        ends_at=ends_at,
        seat=seat,
        link=booking.link,
        created_by=actor,
    )
    MeetingGuest.objects.create(meeting=viewing, customer=booking.customer)
    return viewing


@transaction.atomic
def confirm_viewing(*, viewing: Meeting, actor: User, now: dt.datetime) -> Meeting:
    """Note that the customer said to come."""
    _change(viewing, confirmed_at=now, updated_at=now)
    _audit("viewing.confirmed", viewing, actor, now)
    return viewing


@transaction.atomic
def check_in(*, viewing: Meeting, actor: User, now: dt.datetime) -> Meeting:
    """Note that the customer has come to the sales office; logs the visit, finishes the task.

    Raise ViewingError long before the slot, StaleError-like ViewingError once it is over.
    """
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    if now < viewing.starts_at - dt.timedelta(minutes=rules.early_minutes):
        raise ViewingError(_("It is too early to check in for this slot."))
    words = _("Checked in at the sales office at %(time)s.") % {
        "time": date_format(timezone.localtime(now), "TIME_FORMAT")
    }
    _change(viewing, state=MeetingState.HELD.value, minutes_text=words, updated_at=now)
    viewing.guests.update(attended=True)
    entry = InteractionEntry(
        channel=Channel.VISIT, result=Result.VISITED, content=f"{viewing.title}: {words}", at=now
    )
    for guest in viewing.guests.select_related("customer"):
        log_interaction(customer=guest.customer, entry=entry, actor=actor, now=now)
    for task in _open_tasks(viewing):
        complete_task(task=task, outcome=words, actor=actor, now=now)
    _audit("viewing.checked_in", viewing, actor, now)
    return viewing


@transaction.atomic
def call_viewing_off(*, viewing: Meeting, reason: str, actor: User, now: dt.datetime) -> Meeting:
    """Call a viewing off with a reason; its place is free again, its messages are held back."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is called off.")})
    _change(
        viewing, state=MeetingState.CANCELLED.value, result=reason.strip()[:300], updated_at=now
    )
    for kind in (BOOKED, REMINDER):
        call_off(kind=kind, subject=(MEETING, viewing.pk))
    _drop_tasks(viewing, reason, actor=actor, now=now)
    _audit("viewing.called_off", viewing, actor, now, reason=reason)
    return viewing


@transaction.atomic
def mark_no_show(*, viewing: Meeting, actor: User | None, now: dt.datetime) -> Meeting:
    """Note that nobody came: a behaviour event of the customer, once; not before the slot began."""
    if now < viewing.starts_at:
        raise ViewingError(_("The slot has not begun yet."))
    _change(viewing, state=MeetingState.MISSED.value, alerted_at=now, updated_at=now)
    viewing.guests.update(attended=False)
    events = [
        BehaviourEvent(
            event_id=f"viewing:{viewing.pk}:{NO_SHOW}:{key}",
            customer_id=key,
            kind=BehaviourKind.CONSULTING.value,
            action=NO_SHOW,
            channel=Channel.VISIT.value,
            facts={"content": viewing.title},
            at=viewing.starts_at,
            received_at=now,
        )
        for key in viewing.guests.values_list("customer", flat=True)
    ]
    BehaviourEvent.objects.bulk_create(events, ignore_conflicts=True)
    _drop_tasks(viewing, _("The customer did not come"), actor=actor, now=now)
    _audit("viewing.no_show", viewing, actor, now)
    return viewing


def watch_viewings(*, now: dt.datetime) -> dict[str, int]:
    """Remind the customers of coming viewings, once each, and mark those nobody came to.

    Return how many of each; safe to run twice and at the same time.
    """
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    planned = Meeting.objects.filter(
        kind=MeetingKind.VIEWING.value, state=MeetingState.PLANNED.value
    )
    soon = planned.filter(
        starts_at__gt=now, starts_at__lte=now + dt.timedelta(hours=rules.remind_hours)
    )
    messages = [
        _message(REMINDER, guest.meeting, guest.customer_id)
        for guest in MeetingGuest.objects.filter(meeting__in=soon).select_related("meeting")
    ]
    reminded = send_outside(messages, now=now)
    over = planned.filter(ends_at__lt=now - dt.timedelta(minutes=rules.no_show_minutes))
    missed = 0
    for key in list(over.order_by("ends_at", "pk").values_list("pk", flat=True)[:BATCH]):
        missed += _miss(key, now)
    return {"reminded": reminded, "missed": missed}


@transaction.atomic
def _miss(key: int, now: dt.datetime) -> int:
    rows = Meeting.objects.filter(pk=key, state=MeetingState.PLANNED.value)
    viewing = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if viewing is None:
        return 0
    mark_no_show(viewing=viewing, actor=None, now=now)
    return 1


def declare_messages() -> None:
    """Make the two messages to customers known."""
    for key, title in (
        (BOOKED, gettext_lazy("Your viewing is booked: %(when)s")),
        (REMINDER, gettext_lazy("We look forward to your viewing: %(when)s")),
    ):
        declare_message(
            MessageKind(key=key, title=title, body="%(place)s", channels=(), show=_shown)
        )


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    at = timezone.localtime(dt.datetime.fromisoformat(params["when"]))
    return {"when": date_format(at, "SHORT_DATETIME_FORMAT")}


def _prepare(viewing: Meeting, customer: Customer, *, actor: User | None, now: dt.datetime) -> None:
    """Make the host's task and the customer's message; note the point of the journey."""
    entry = TaskEntry(
        title=in_company_words(TO_RECEIVE, place=viewing.place),
        due_at=viewing.starts_at,
        owner=viewing.owner,
        customer=customer,
        kind=TaskKind.OTHER,
        source=SOURCE,
        source_id=str(viewing.pk),
        subject=(MEETING, viewing.pk),
    )
    create_task(entry=entry, actor=actor, now=now)
    send_outside([_message(BOOKED, viewing, customer.pk)], now=now)
    reached = Reached(
        customer=customer,
        point=JourneyPoint.APPOINTMENT,
        at=now,
        channel=Channel.VISIT.value,
    )
    note_points([reached], actor=actor)
    _audit("viewing.booked", viewing, actor, now)


def _message(kind: str, viewing: Meeting, customer_id: int) -> ToAddressee:
    return ToAddressee(
        kind=kind,
        addressee=(ADDRESSEE, customer_id),
        channel=Channel.SMS.value,
        purpose=Purpose.CONTACT.value,
        key=f"{kind}:{viewing.pk}:{customer_id}",
        params={"when": viewing.starts_at.isoformat(), "place": viewing.place},
        subject=(MEETING, viewing.pk),
    )


def _check_customer_is_free(booking: Booking, ends_at: dt.datetime) -> None:
    same_time = Meeting.objects.filter(
        kind=MeetingKind.VIEWING.value,
        state=MeetingState.PLANNED.value,
        guests__customer=booking.customer,
        starts_at__lt=ends_at,
        ends_at__gt=booking.starts_at,
    )
    if same_time.exists():
        raise ViewingError(_("The customer is booked for a viewing at this time already."))


def _free_seat(booking: Booking, *, capacity: int) -> int:
    """Return a free seat of a slot, holding the project so that two at once take turns.

    The unique constraint stays as the second guard.
    """
    project = booking.project
    Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
    rows = booked(project).filter(starts_at=booking.starts_at)
    seat = lowest_free(set(rows.values_list("seat", flat=True)), capacity=capacity)
    if seat is None:
        raise _full()
    return seat


def _full() -> SlotFullError:
    return SlotFullError(_("The slot has just been filled. Choose another one."))


def _change(viewing: Meeting, **values: object) -> None:
    """Write onto a viewing that is still planned, and read it again."""
    planned = Meeting.objects.filter(
        pk=viewing.pk, kind=MeetingKind.VIEWING.value, state=MeetingState.PLANNED.value
    )
    changed = planned.update(**values)
    viewing.refresh_from_db()
    if not changed:
        raise ViewingError(_("The viewing was held, missed or called off meanwhile. Reload."))


def _open_tasks(viewing: Meeting) -> Any:
    return Task.objects.filter(source=SOURCE, source_id=str(viewing.pk), state=TaskState.OPEN.value)


def _drop_tasks(viewing: Meeting, reason: str, *, actor: User | None, now: dt.datetime) -> None:
    for task in _open_tasks(viewing):
        cancel_task(task=task, reason=reason, actor=actor, now=now)


def _audit(
    kind: str, viewing: Meeting, actor: User | None, now: dt.datetime, *, reason: str = ""
) -> None:
    record(kind=kind, actor=actor, subject=(MEETING, viewing.pk), reason=reason, now=now)
