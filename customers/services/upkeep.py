"""Regular care by a fixed person at a fixed place, time and area (CUS-55)."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.calendars.builtin import SALES_OFFICE, SERVICE_DESK
from crm_site.calendars.rules.working_time import Calendar, is_workday
from crm_site.calendars.services import calendar_for
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.models import Meeting, MeetingGuest, UpkeepPlan
from customers.rules.axes import TaskKind
from customers.rules.meetings import (
    MADE_AHEAD,
    MISSED_AFTER,
    MeetingKind,
    MeetingState,
    occurrences,
    working_day,
)
from customers.rules.reminders import Audience
from customers.services.contact_stop import refusing, require_contact
from customers.services.notices import DIGITS, Line

MISSED = "meeting.missed"
BATCH = 500
# Who sells works when the sales office is open, everybody else on the days of the service desk.
SELLERS = frozenset({"consultant", "supervisor"})


@transaction.atomic
def save_plan(
    *, plan: UpkeepPlan, values: dict[str, Any], actor: User, now: dt.datetime
) -> UpkeepPlan:
    """Write a plan and make its visits of the next thirty days; return it.

    A change replaces the visits that are still ahead. Raise ValidationError for an end before
    the start, and for a customer who refuses to be contacted.
    """
    if values.get("ends_on") and values["ends_on"] < values["starts_on"]:
        raise ValidationError({"ends_on": _("It must end after it starts.")})
    if values.get("customer") and values.get("is_active", plan.is_active):
        require_contact(values["customer"].pk, kind=TaskKind.VISIT)
    for name, value in values.items():
        setattr(plan, name, value)
    if plan.pk:
        planned = Meeting.objects.filter(plan=plan, state=MeetingState.PLANNED.value)
        planned.filter(starts_at__gt=now).delete()
    plan.next_on = _first_day(plan, now) if plan.is_active else None
    plan.save()
    record(
        kind="upkeep.changed",
        actor=actor,
        subject=("upkeep", plan.pk),
        facts={"every_days": plan.every_days, "is_active": plan.is_active},
        now=now,
    )
    if plan.is_active:
        _make_visits([plan], now)
    return plan


def make_visits(*, now: dt.datetime) -> int:
    """Make the visits of every plan in use for the next thirty days; return how many are new.

    Each plan and day has one visit, however often this runs; none for who refuses contact.
    """
    until = timezone.localdate(now) + MADE_AHEAD
    made = 0
    while True:
        with transaction.atomic():
            due = UpkeepPlan.objects.filter(is_active=True, next_on__lte=until)
            plans = list(
                due.filter(Q(customer__isnull=True) | Q(customer__merged_into__isnull=True))
                .select_related("person__node")
                .order_by("next_on", "pk")
                .select_for_update(skip_locked=True, of=("self",))[:BATCH]
            )
            made += _make_visits(plans, now)
        if len(plans) < BATCH:
            return made


def mark_missed(*, now: dt.datetime) -> int:
    """Mark planned meetings that ended two hours ago as missed and tell owner and supervisor.

    Return how many; each is told once, two runs at a time take different ones.
    """
    with transaction.atomic():
        over = Meeting.objects.filter(
            state=MeetingState.PLANNED.value, ends_at__lt=now - MISSED_AFTER
        ).exclude(kind=MeetingKind.VIEWING.value)
        rows = list(
            over.select_related("owner__node")
            .order_by("ends_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))[:BATCH]
        )
        if not rows:
            return 0
        Meeting.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=MeetingState.MISSED.value, alerted_at=now, updated_at=now
        )
        send_many(_alerts(rows), now=now)
    return len(rows)


def _first_day(plan: UpkeepPlan, now: dt.datetime) -> dt.date:
    """Return the first day of the plan that is not over."""
    today = timezone.localdate(now)
    passed = max(0, (today - plan.starts_on).days)
    steps = -(-passed // plan.every_days)
    return plan.starts_on + dt.timedelta(days=steps * plan.every_days)


def _make_visits(plans: list[UpkeepPlan], now: dt.datetime) -> int:
    if not plans:
        return 0
    calendars = {key: calendar_for(key) for key in {_calendar_key(plan) for plan in plans}}
    horizon = timezone.localdate(now) + MADE_AHEAD
    refused = refusing(plan.customer_id for plan in plans if plan.customer_id)
    visits = [
        visit
        for plan in plans
        if plan.customer_id not in refused
        for visit in _visits_of(plan, calendars[_calendar_key(plan)], horizon)
        if visit.starts_at > now
    ]
    before = Meeting.objects.filter(plan__in=plans).count()
    Meeting.objects.bulk_create(visits, ignore_conflicts=True, batch_size=500)
    made = Meeting.objects.filter(plan__in=plans)
    _invite(plans, {(visit.plan_id, visit.occurrence) for visit in visits})
    for plan in plans:
        plan.next_on = _day_after(plan, horizon)
    UpkeepPlan.objects.bulk_update(plans, ["next_on"])
    return made.count() - before


def _visits_of(plan: UpkeepPlan, calendar: Calendar, horizon: dt.date) -> list[Meeting]:
    if plan.next_on is None:
        return []
    until = min(horizon, plan.ends_on) if plan.ends_on else horizon
    found = []
    for day in occurrences(plan.next_on, every_days=plan.every_days, until=until):
        held_on = working_day(day, lambda one: is_workday(one, calendar))
        starts_at = timezone.make_aware(dt.datetime.combine(held_on, plan.time_of_day))
        found.append(
            Meeting(
                kind=MeetingKind.UPKEEP.value,
                title=plan.title,
                owner=plan.person,
                project_id=plan.person.node.project_id if plan.person.node else None,
                plan=plan,
                occurrence=day,
                place=plan.place,
                area=plan.area,
                starts_at=starts_at,
                ends_at=starts_at + dt.timedelta(minutes=plan.minutes),
            )
        )
    return found


def _invite(plans: list[UpkeepPlan], wanted: set[tuple[int | None, dt.date | None]]) -> None:
    customers = {plan.pk: plan.customer_id for plan in plans if plan.customer_id}
    visits = Meeting.objects.filter(plan__in=customers).values_list("pk", "plan_id", "occurrence")
    MeetingGuest.objects.bulk_create(
        [
            MeetingGuest(meeting_id=pk, customer_id=customers[plan_id])
            for pk, plan_id, day in visits
            if plan_id is not None and (plan_id, day) in wanted
        ],
        ignore_conflicts=True,
    )


def _day_after(plan: UpkeepPlan, horizon: dt.date) -> dt.date | None:
    """Return the first day of the plan behind ``horizon``, ``None`` once it has ended."""
    day = plan.next_on
    while day is not None and day <= horizon:
        day += dt.timedelta(days=plan.every_days)
    return None if day is None or (plan.ends_on and day > plan.ends_on) else day


def _calendar_key(plan: UpkeepPlan) -> str:
    return SALES_OFFICE if plan.person.role in SELLERS else SERVICE_DESK


def _alerts(rows: list[Meeting]) -> list[Outgoing]:
    """Return one message to the owner of each meeting and one to whoever is above."""
    line = Line.above(row.owner for row in rows)
    return [
        Outgoing(
            kind=MISSED,
            recipient=person,
            key=f"meeting:{row.pk}:{row.starts_at:%Y%m%d%H%M}:{person.pk}",
            params={
                "title": DIGITS.sub("…", row.title),
                "due": row.starts_at.isoformat(),
                "owner": row.owner.name,
            },
            subject=("meeting", row.pk),
        )
        for row in rows
        for person in {row.owner, *line.told(row.owner, Audience.SUPERVISOR)}
    ]
