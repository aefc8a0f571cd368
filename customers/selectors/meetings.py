"""The calendar of meetings, and what is open from them."""

import calendar as months
import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import Customer, Meeting, MeetingGuest
from customers.rules.meetings import MeetingKind, MeetingState

WEEK, MONTH = "week", "month"
LONGEST: Final = 500
IN_CELL: Final = 3


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar with its meetings; ``is_outside`` the month that is shown."""

    date: dt.date
    meetings: list[Meeting]
    is_today: bool = False
    is_outside: bool = False

    @property
    def first(self) -> list[Meeting]:
        """The meetings a small cell has room for."""
        return self.meetings[:IN_CELL]

    @property
    def more(self) -> int:
        """How many a small cell leaves out."""
        return max(0, len(self.meetings) - IN_CELL)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A week or a month of meetings; ``weeks`` are rows of seven days."""

    view: str
    day: dt.date
    before: dt.date
    after: dt.date
    weeks: list[list[CalendarDay]]

    @property
    def days(self) -> list[CalendarDay]:
        """The days in order."""
        return [day for week in self.weeks for day in week]


def meetings_of(user: User, *, team: bool) -> QuerySet[Meeting]:
    """Return the meetings of ``user``, or with ``team`` all that may be seen."""
    visible = Meeting.objects.visible_to(user)
    return visible if team else visible.filter(owner=user)


def calendar_page(
    meetings: QuerySet[Meeting], *, view: str, day: dt.date, now: dt.datetime, user: User
) -> CalendarPage:
    """Return the week (from Monday) or the month around ``day``, local time, in two queries."""
    weeks = _month(day) if view == MONTH else [_week(day)]
    first, last = weeks[0][0], weeks[-1][-1]
    rows = with_guests(meetings, user).filter(
        starts_at__gte=_midnight(first), starts_at__lt=_midnight(last + dt.timedelta(days=1))
    )
    by_day: dict[dt.date, list[Meeting]] = {}
    for meeting in rows.order_by("starts_at", "pk")[:LONGEST]:
        by_day.setdefault(timezone.localdate(meeting.starts_at), []).append(meeting)
    today = timezone.localdate(now)
    grid = [
        [
            CalendarDay(
                date=one,
                meetings=by_day.get(one, []),
                is_today=one == today,
                is_outside=view == MONTH and one.month != day.month,
            )
            for one in week
        ]
        for week in weeks
    ]
    before, after = _beside(view, day)
    return CalendarPage(view, day, before, after, grid)


def next_meetings(user: User, now: dt.datetime, *, days: int = 7, limit: int = 6) -> list[Meeting]:
    """Return the planned meetings of ``user`` of the ``days`` days after today, soonest first."""
    tomorrow = timezone.localdate(now) + dt.timedelta(days=1)
    rows = meetings_of(user, team=False).filter(
        state=MeetingState.PLANNED.value,
        starts_at__gte=_midnight(tomorrow),
        starts_at__lt=_midnight(tomorrow + dt.timedelta(days=days)),
    )
    return list(with_guests(rows, user).order_by("starts_at", "pk")[:limit])


def with_guests(meetings: QuerySet[Meeting], user: User) -> QuerySet[Meeting]:
    """Return the meetings with owner and, as ``seen_guests``, the guests that ``user`` may see."""
    guests: QuerySet[MeetingGuest] = MeetingGuest.objects.filter(
        customer__in=Customer.objects.visible_to(user).values("pk")
    ).select_related("customer")
    shown: Prefetch[Any, Any, Any] = Prefetch("guests", queryset=guests, to_attr="seen_guests")
    return meetings.select_related("owner", "plan").prefetch_related(shown)


def coming(customer: Customer, *, limit: int = 10) -> list[Meeting]:
    """Return the planned and missed meetings of a customer, the earliest first."""
    found = Meeting.objects.filter(
        guests__customer=customer,
        state__in=[MeetingState.PLANNED.value, MeetingState.MISSED.value],
    ).exclude(kind=MeetingKind.VIEWING.value, state=MeetingState.MISSED.value)
    return list(found.select_related("owner").order_by("starts_at")[:limit])


def _week(day: dt.date) -> list[dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return [monday + dt.timedelta(days=n) for n in range(7)]


def _month(day: dt.date) -> list[list[dt.date]]:
    return months.Calendar(firstweekday=0).monthdatescalendar(day.year, day.month)


def _beside(view: str, day: dt.date) -> tuple[dt.date, dt.date]:
    if view == MONTH:
        first = day.replace(day=1)
        after = (first + dt.timedelta(days=32)).replace(day=1)
        return (first - dt.timedelta(days=1)).replace(day=1), after
    return day - dt.timedelta(days=7), day + dt.timedelta(days=7)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
