"""Viewings at the sales offices of the demo: those that were held, no-shows, those to come."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.rules.working_time import is_workday
from crm_site.calendars.services import calendar_for
from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.policies.services import in_force
from customers.importers.copying import copy_rows, take_keys
from customers.journey.policies import VIEWINGS, ViewingRules
from customers.journey.rules import lowest_free
from customers.journey.slots import free_slots
from customers.journey.tried import in_company_words
from customers.journey.viewings import (
    NO_SHOW,
    SOURCE,
    TITLE,
    TO_RECEIVE,
    Booking,
    book_viewing,
    confirm_viewing,
)
from customers.models import (
    BehaviourEvent,
    Interaction,
    Lead,
    Meeting,
    MeetingGuest,
    SourceEvent,
    Task,
    TaskEvent,
)
from customers.rules.axes import Channel, LeadState, TaskKind, TaskState
from customers.rules.behaviour import BehaviourKind
from customers.rules.journey import SOURCE_OF_CHANNEL, JourneyPoint
from customers.rules.meetings import MeetingKind, MeetingState
from customers.services.meetings import MEETING

HELD_SINCE, MISSED_SINCE = timedelta(days=200), timedelta(days=90)
BOOKED_SHARE, MISSED_SHARE, CALLED_OFF_SHARE = 0.6, 0.06, 0.03
COMING = 3  # of each consultant of the first project
LOOKING = (LeadState.CONTACTED.value, LeadState.QUALIFIED.value, LeadState.VISITED.value)
CHECKED_IN, STAYED_AWAY = "客户于 %s 到访签到。", "客户未到访"
HELD, MISSED, CANCELLED = MeetingState.HELD, MeetingState.MISSED, MeetingState.CANCELLED


@dataclass(frozen=True, slots=True)
class Viewing:
    """One viewing before it is written; ``came_at`` of who came."""

    customer: int
    project: int
    host: int
    starts_at: datetime
    seat: int
    state: MeetingState
    booked_at: datetime
    came_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class Office:
    """The seats of all sales offices."""

    rules: ViewingRules
    calendar: Any = field(default_factory=lambda: calendar_for(SALES_OFFICE))
    taken: dict[tuple[int, datetime], set[int]] = field(default_factory=dict)
    known: set[tuple[int, datetime]] = field(default_factory=set)

    def seat(self, project: int, customer: int, starts_at: datetime) -> int | None:
        """Return the seat somebody gets in a slot; None where there is no such slot or no seat."""
        local = timezone.localtime(starts_at)
        is_open = self.rules.opens <= local.hour < self.rules.closes
        if not is_open or not is_workday(local.date(), self.calendar):
            return None
        if (customer, starts_at) in self.known:
            return None
        taken = self.taken.setdefault((project, starts_at), set())
        found = lowest_free(taken, capacity=self.rules.capacity)
        if found is not None:
            taken.add(found)
            self.known.add((customer, starts_at))
        return found


def book_viewings(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Write what was booked in the last months, and book what is to come."""
    office = Office(in_force(VIEWINGS, at=now).value)
    names = {project.pk: project.name for project in company.projects}
    past = [*_held(office, chance, now), *_others(office, chance, now)]
    _write(past, names, office.rules)
    _coming(company, chance, now)


def _held(office: Office, chance: random.Random, now: datetime) -> Iterator[Viewing]:
    """Yield the booked ones of the visits that took place."""
    rows = Interaction.objects.filter(channel=Channel.VISIT.value, at__gte=now - HELD_SINCE)
    columns = ("customer_id", "lead__project_id", "author_id", "at", "lead__received_at")
    for customer, project, host, at, received_at in rows.order_by("pk").values_list(*columns):
        if chance.random() > BOOKED_SHARE:
            continue
        starts_at = timezone.localtime(at).replace(minute=0, second=0, microsecond=0)
        if starts_at <= received_at:
            continue
        seat = office.seat(project, customer, starts_at)
        if seat is not None:
            booked_at = max(starts_at - timedelta(days=chance.randint(1, 4)), received_at)
            yield Viewing(customer, project, host, starts_at, seat, HELD, booked_at, at)


def _others(office: Office, chance: random.Random, now: datetime) -> Iterator[Viewing]:
    """Yield those nobody came to and those that were called off."""
    rows = Lead.objects.filter(state__in=LOOKING, owner__isnull=False)
    rows = rows.filter(customer__last_contact_at__gte=now - MISSED_SINCE).order_by("pk")
    columns = ("customer_id", "project_id", "owner_id", "customer__last_contact_at")
    for customer, project, host, last_at in rows.values_list(*columns):
        drawn = chance.random()
        if drawn > MISSED_SHARE + CALLED_OFF_SHARE:
            continue
        day = timezone.localtime(last_at) + timedelta(days=chance.randint(1, 6))
        hour = chance.randint(office.rules.opens, office.rules.closes - 1)
        starts_at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        if starts_at > now - timedelta(hours=3):
            continue
        seat = office.seat(project, customer, starts_at)
        if seat is None:
            continue
        state = MISSED if drawn < MISSED_SHARE else CANCELLED
        reason = chance.choice(words.CALLED_OFF) if state is CANCELLED else ""
        yield Viewing(customer, project, host, starts_at, seat, state, last_at, None, reason)


def _write(viewings: Sequence[Viewing], names: dict[int, str], rules: ViewingRules) -> None:
    length, grace = timedelta(minutes=rules.minutes), timedelta(minutes=rules.no_show_minutes)
    titles = {key: in_company_words(TITLE, project=name) for key, name in names.items()}
    made = Meeting.objects.bulk_create(
        [
            Meeting(
                kind=MeetingKind.VIEWING.value,
                title=titles[one.project],
                owner_id=one.host,
                project_id=one.project,
                place=names[one.project],
                starts_at=one.starts_at,
                ends_at=one.starts_at + length,
                state=one.state.value,
                minutes_text=_checked_in(one.came_at),
                result=one.reason,
                alerted_at=one.starts_at + length + grace if one.state is MISSED else None,
                seat=one.seat,
                confirmed_at=one.booked_at if one.state is HELD and one.seat % 2 else None,
                created_by_id=one.host,
                created_at=one.booked_at,
            )
            for one in viewings
        ],
        batch_size=1000,
    )
    pairs = list(zip(made, viewings, strict=True))
    came = {HELD: True, MISSED: False, CANCELLED: None}
    copy_rows(
        MeetingGuest,
        ("meeting_id", "customer_id", "attended"),
        ((meeting.pk, one.customer, came[one.state]) for meeting, one in pairs),
        {},
    )
    copy_rows(
        SourceEvent,
        ("customer_id", "at", "actor_id"),
        ((one.customer, one.booked_at, one.host) for one in viewings),
        {
            "capture_point": JourneyPoint.APPOINTMENT.value,
            "source": SOURCE_OF_CHANNEL[Channel.VISIT.value],
            "reason": "",
        },
    )
    _write_missed(pairs, grace + length)
    _write_tasks(pairs, names, grace + length)


def _checked_in(at: datetime | None) -> str:
    return CHECKED_IN % date_format(timezone.localtime(at), "H:i") if at else ""


def _write_missed(pairs: Sequence[tuple[Meeting, Viewing]], after: timedelta) -> None:
    copy_rows(
        BehaviourEvent,
        ("event_id", "customer_id", "facts", "at", "received_at"),
        (
            (
                f"viewing:{meeting.pk}:{NO_SHOW}:{one.customer}",
                *(one.customer, {"content": meeting.title}, one.starts_at, one.starts_at + after),
            )
            for meeting, one in pairs
            if one.state is MISSED
        ),
        {
            "kind": BehaviourKind.CONSULTING.value,
            "action": NO_SHOW,
            "channel": Channel.VISIT.value,
        },
    )


def _write_tasks(
    pairs: Sequence[tuple[Meeting, Viewing]], names: dict[int, str], after: timedelta
) -> None:
    """Write the hosts' tasks: done where the customer came, dropped otherwise."""
    keys = take_keys(Task, len(pairs))
    titles = {key: in_company_words(TO_RECEIVE, place=name) for key, name in names.items()}
    done, dropped = TaskState.DONE.value, TaskState.CANCELLED.value
    copy_rows(
        Task,
        (
            *("id", "title", "customer_id", "subject_id", "source_id", "owner_id", "due_at"),
            *("state", "done_at", "outcome", "created_at", "updated_at", "created_by_id"),
        ),
        (
            (
                *(key, titles[one.project], one.customer, str(meeting.pk), str(meeting.pk)),
                *(one.host, one.starts_at, done if one.came_at else dropped, one.came_at),
                *(meeting.minutes_text, one.booked_at, one.came_at or one.starts_at, one.host),
            )
            for key, (meeting, one) in zip(keys, pairs, strict=True)
        ),
        {
            "kind": TaskKind.OTHER.value,
            "subject_kind": MEETING,
            "source": SOURCE,
            "step": 0,
            "occurrence": 1,
        },
    )
    events = []
    for key, (meeting, one) in zip(keys, pairs, strict=True):
        note = meeting.minutes_text or one.reason or STAYED_AWAY
        end = one.came_at or (one.booked_at if one.state is CANCELLED else one.starts_at + after)
        events.append((key, one.booked_at, "created", "", one.host))
        events.append((key, end, "done" if one.came_at else "cancelled", note, one.host))
    copy_rows(TaskEvent, ("task_id", "at", "kind", "note", "actor_id"), events, {})


def _coming(company: Company, chance: random.Random, now: datetime) -> None:
    """Book the next days of the first project through the service; some have confirmed."""
    project = company.projects[0]
    slots = [slot.starts_at for slot in free_slots(project, now=now)][:30]
    for host in company.consultants[project.pk]:
        looking = Lead.objects.filter(owner=host, state__in=LOOKING).exclude(
            customer__invitations__meeting__starts_at__gt=now
        )
        for lead in looking.order_by("-received_at", "pk").select_related("customer")[:COMING]:
            booking = Booking(
                customer=lead.customer,
                project=project,
                starts_at=slots.pop(chance.randrange(len(slots))),
                host=host,
            )
            viewing = book_viewing(booking=booking, actor=host, now=now)
            if chance.random() < 0.5:
                confirm_viewing(viewing=viewing, actor=host, now=now)
