"""The slots of a sales office: when they are, how many places are left, who is awaited."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.rules.working_time import is_workday
from crm_site.calendars.services import calendar_for
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.journey.policies import VIEWINGS, ViewingRules
from customers.journey.rules import slot_times
from customers.models import Customer, Meeting, MeetingGuest, Project
from customers.rules.meetings import MeetingKind, MeetingState


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot with the viewings booked in it; ``free`` places are left."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    viewings: list[Any]

    @property
    def free(self) -> int:
        """The places left, none once it has begun to be full."""
        return max(self.capacity - len(self.viewings), 0)


def booked(project: Project) -> Any:
    """Return the viewings of a sales office that take a place."""
    rows = Meeting.objects.filter(kind=MeetingKind.VIEWING.value, project=project)
    return rows.exclude(state=MeetingState.CANCELLED.value)


def slots_of(project: Project, day: dt.date, *, user: User | None, now: dt.datetime) -> list[Slot]:
    """Return the slots of a day, each with its viewings; guests ``user`` does not see stay unnamed.

    A day on which the sales office is closed has those only in which somebody is booked.
    """
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    first = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    rows = booked(project).filter(starts_at__gte=first, starts_at__lt=first + dt.timedelta(days=1))
    by_time: dict[dt.datetime, list[Any]] = {}
    for viewing in _with_guest(rows, user).order_by("starts_at", "seat"):
        by_time.setdefault(viewing.starts_at, []).append(viewing)
    times = set(by_time) | set(_starts(day, rules, is_open=_is_open(day)))
    length = dt.timedelta(minutes=rules.minutes)
    return [Slot(at, at + length, rules.capacity, by_time.get(at, [])) for at in sorted(times)]


def free_slots(project: Project, *, now: dt.datetime) -> list[Slot]:
    """Return the slots to come that have a place left, as far ahead as can be booked; one query."""
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    today = timezone.localdate(now)
    days = [today + dt.timedelta(days=n) for n in range(rules.days_ahead + 1)]
    calendar = calendar_for(SALES_OFFICE)
    starts = [
        at
        for day in days
        for at in _starts(day, rules, is_open=is_workday(day, calendar))
        if at > now
    ]
    taken: dict[dt.datetime, list[Any]] = {}
    for viewing in booked(project).filter(starts_at__in=starts).only("starts_at"):
        taken.setdefault(viewing.starts_at, []).append(viewing)
    length = dt.timedelta(minutes=rules.minutes)
    found = [Slot(at, at + length, rules.capacity, taken.get(at, [])) for at in starts]
    return [slot for slot in found if slot.free]


def is_slot(starts_at: dt.datetime, *, now: dt.datetime) -> bool:
    """Return whether a slot begins at that moment, open to be booked by the policy of now."""
    rules: ViewingRules = in_force(VIEWINGS, at=now).value
    day = timezone.localdate(starts_at)
    if starts_at <= now or day > timezone.localdate(now) + dt.timedelta(days=rules.days_ahead):
        return False
    return starts_at in _starts(day, rules, is_open=_is_open(day))


def _is_open(day: dt.date) -> bool:
    return is_workday(day, calendar_for(SALES_OFFICE))


def _starts(day: dt.date, rules: ViewingRules, *, is_open: bool) -> list[dt.datetime]:
    if not is_open:
        return []
    times = slot_times(opens=rules.opens, closes=rules.closes, minutes=rules.minutes)
    return [timezone.make_aware(dt.datetime.combine(day, at)) for at in times]


def _with_guest(rows: Any, user: User | None) -> Any:
    seen = Customer.objects.visible_to(user) if user else Customer.objects.none()
    guests = MeetingGuest.objects.filter(customer__in=seen.values("pk"))
    shown: Prefetch[Any, Any, Any] = Prefetch(
        "guests", queryset=guests.select_related("customer"), to_attr="seen_guests"
    )
    return rows.select_related("owner").prefetch_related(shown)
