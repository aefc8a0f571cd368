"""Meetings and visits: planned, held with attendance and actions, cancelled (CUS-59)."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.models import Customer, Meeting, MeetingGuest
from customers.rules.axes import Channel, Result, TaskKind
from customers.rules.meetings import OPEN_MEETINGS, MeetingKind, MeetingState
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.tasks import TaskEntry, create_task

MEETING = "meeting"
# Where one met: at the office, or at the customer's.
CHANNELS = {MeetingKind.MEETING: (Channel.VISIT, Result.INFORMED)}
AT_HOME = (Channel.HOME_VISIT, Result.REACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEntry:
    """A meeting as somebody plans it; ``guests`` are customers the planner may see."""

    kind: MeetingKind
    title: str
    owner: User
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str = ""
    area: str = ""
    guests: Sequence[Customer] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do that was agreed on: what, who, until when, for which guest if any."""

    title: str
    owner: User
    due_at: dt.datetime
    customer: Customer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of a meeting; ``attended`` are the keys of the guests who came."""

    minutes_text: str
    result: str = ""
    attended: Collection[int] = ()
    actions: Sequence[Action] = field(default_factory=tuple)


@transaction.atomic
def plan_meeting(*, entry: MeetingEntry, actor: User, now: dt.datetime) -> Meeting:
    """Write a planned meeting with its guests and return it.

    Raise ValidationError, by field, without a guest or for times that are past or out of order.
    """
    _check(entry, now)
    meeting = Meeting.objects.create(**_columns(entry), created_by=actor)
    _invite(meeting, entry.guests)
    return meeting


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, entry: MeetingEntry, actor: User, now: dt.datetime
) -> Meeting:
    """Replace what is planned; guests whom ``actor`` does not see stay invited.

    Raise StaleError once it was held or cancelled.
    """
    _refuse_viewing(meeting)
    _check(entry, now)
    values = _columns(entry) | {"updated_at": now, "alerted_at": None}
    _move(meeting, MeetingState.PLANNED, **values)
    seen = Customer.objects.visible_to(actor).values("pk")
    meeting.guests.filter(customer__in=seen).exclude(customer__in=entry.guests).delete()
    _invite(meeting, entry.guests)
    return meeting


@transaction.atomic
def hold_meeting(*, meeting: Meeting, held: Held, actor: User, now: dt.datetime) -> Meeting:
    """Write attendance, minutes and result; log the talk with each who came, make the actions.

    Of guests whom ``actor`` does not see it stays open whether they came.
    Raise ValidationError without minutes, before it has begun, for somebody who was not invited
    and for an action that cannot be made; StaleError when it was held or cancelled before.
    Nothing is changed then.
    """
    _refuse_viewing(meeting)
    guests = {guest.customer_id: guest for guest in meeting.guests.select_related("customer")}
    _check_held(meeting, held, set(guests), now)
    _move(
        meeting,
        MeetingState.HELD,
        minutes_text=held.minutes_text.strip(),
        result=held.result.strip(),
        updated_at=now,
    )
    meeting.guests.filter(customer__in=held.attended).update(attended=True)
    seen = Customer.objects.visible_to(actor).values("pk")
    stayed_away = meeting.guests.filter(customer__in=seen).exclude(customer__in=held.attended)
    stayed_away.update(attended=False)
    channel, result = CHANNELS.get(MeetingKind(meeting.kind), AT_HOME)
    entry = InteractionEntry(
        channel=channel,
        result=result,
        content=f"{meeting.title}: {held.minutes_text.strip()}"[:4000],
        at=min(meeting.starts_at, now),
    )
    for pk in sorted(held.attended):
        log_interaction(customer=guests[pk].customer, entry=entry, actor=actor, now=now)
    for number, action in enumerate(held.actions, start=1):
        _act(meeting, action, number, actor=actor, now=now)
    _audit(meeting, "meeting.held", actor, now, facts={"attended": len(held.attended)})
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, actor: User, now: dt.datetime) -> Meeting:
    """Call a meeting off, with a reason; raise StaleError when it was held or cancelled before."""
    _refuse_viewing(meeting)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is called off.")})
    _move(meeting, MeetingState.CANCELLED, result=reason.strip()[:300], updated_at=now)
    _audit(meeting, "meeting.cancelled", actor, now, facts={}, reason=reason)
    return meeting


def _refuse_viewing(meeting: Meeting) -> None:
    """Raise RefusedError for a booked viewing: its seat and tasks have services of their own."""
    if meeting.kind == MeetingKind.VIEWING:
        raise RefusedError(_("A booked viewing is changed on the page of viewings."))


def _check(entry: MeetingEntry, now: dt.datetime) -> None:
    errors: dict[str, str] = {}
    if not entry.title.strip():
        errors["title"] = _("Say what it is about.")
    if entry.starts_at <= now:
        errors["starts_at"] = _("Choose a time later than now.")
    if entry.ends_at <= entry.starts_at:
        errors["ends_at"] = _("It must end after it starts.")
    if not entry.guests:
        errors["guests"] = _("Invite at least one customer.")
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]


def _check_held(meeting: Meeting, held: Held, invited: set[int], now: dt.datetime) -> None:
    errors: dict[str, str] = {}
    if not held.minutes_text.strip():
        errors["minutes_text"] = _("Write down what was said.")
    if meeting.starts_at > now:
        errors["minutes_text"] = _("It has not begun yet.")
    if not set(held.attended) <= invited:
        errors["attended"] = _("Choose among those who were invited.")
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]


def _columns(entry: MeetingEntry) -> dict[str, Any]:
    node = entry.owner.node
    return {
        "kind": entry.kind.value,
        "title": entry.title.strip(),
        "owner": entry.owner,
        "project_id": node.project_id if node else None,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "place": entry.place.strip(),
        "area": entry.area.strip(),
        "state": MeetingState.PLANNED.value,
    }


def _invite(meeting: Meeting, guests: Sequence[Customer]) -> None:
    MeetingGuest.objects.bulk_create(
        [MeetingGuest(meeting=meeting, customer=customer) for customer in guests],
        ignore_conflicts=True,
    )


def _move(meeting: Meeting, to: MeetingState, **values: object) -> None:
    """Write onto a meeting that is still open, and read it again."""
    open_one = Meeting.objects.filter(pk=meeting.pk, state__in=OPEN_MEETINGS)
    moved = open_one.update(**{"state": to.value} | values)
    meeting.refresh_from_db()
    if not moved:
        raise StaleError(_("The meeting was held or called off meanwhile. Reload."))


def _act(
    meeting: Meeting,
    action: Action,
    number: int,
    *,
    actor: User,
    now: dt.datetime,
) -> None:
    entry = TaskEntry(
        title=action.title,
        due_at=action.due_at,
        owner=action.owner,
        customer=action.customer,
        kind=TaskKind.OTHER,
        source=MEETING,
        source_id=f"{meeting.pk}:{number}",
        subject=(MEETING, meeting.pk),
    )
    create_task(entry=entry, actor=actor, now=now)


def _audit(
    meeting: Meeting,
    kind: str,
    actor: User,
    now: dt.datetime,
    *,
    facts: dict[str, Any],
    reason: str = "",
) -> None:
    record(
        kind=kind, actor=actor, subject=(MEETING, meeting.pk), reason=reason, facts=facts, now=now
    )
