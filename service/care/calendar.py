"""What comes in owner care in the next days: festivals, birthdays, days of joy, events, activities.

Source: SVC-83, SVC-105. A day of joy is shown once, on the day on which it is greeted.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.models import Project
from customers.rules.birthdays import days_of, next_birthday
from service.care import choices
from service.care.models import CareActivity, CareEvent, CareOccasion, CarePlan
from service.care.rules import EventState
from service.care.rules.festivals import festivals_on, lunar_birthdays, solar_birthdays
from service.care.services.greeting import owners

AHEAD: Final = 30
ACTIVITY: Final = pgettext_lazy("care plan", "Activity")
MOST: Final = 500  # people of each kind, the earliest days first


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a day: what it is, whom it concerns or its title, its project, its page."""

    kind: Any
    title: str = ""
    project: Any = ""
    url_name: str = ""
    key: int | None = None


def coming(user: User, *, today: date, ahead: int = AHEAD) -> list[tuple[date, list[Entry]]]:
    """Return the days from ``today`` on that have something, with it, in a fixed number of reads.

    Of the projects ``user`` may see.
    """
    days = [today + timedelta(days=number) for number in range(ahead + 1)]
    found: dict[date, list[Entry]] = defaultdict(list)
    words = dict(choices.FESTIVALS)
    for day in days:
        found[day] += [Entry(_("Festival"), str(words[each])) for each in festivals_on(day)]
    for source in (_birthdays, _joys, _events, _activities):
        for day, entry in source(user, days):
            found[day].append(entry)
    return [(day, found[day]) for day in days if found[day]]


def _birthdays(user: User, days: list[date]) -> Iterator[tuple[date, Entry]]:
    kept = Q(pk__in=[])
    for month, day in days_of(days[0], len(days) - 1):
        kept |= Q(birthday__month=month, birthday__day=day)
    places = {one.pk: one for one in Project.objects.visible_to(user)}
    seen = Q(own__in=places) | Q(own__isnull=True, shared__in=places)
    lunar = CareOccasion.objects.filter(kind="birthday", customer=OuterRef("pk"))
    rows = owners().filter(kept).filter(seen).filter(~Exists(lunar))
    for one in rows[:MOST]:
        on = next_birthday(one.birthday, days[0]).on
        if on <= days[-1]:
            yield on, Entry(_("Birthday"), one.name, places[one.own or one.shared])


def _joys(user: User, days: list[date]) -> Iterator[tuple[date, Entry]]:
    on: dict[tuple[bool, int, int], date] = {}
    for day in days:
        for is_lunar, kept in ((True, lunar_birthdays(day)), (False, solar_birthdays(day))):
            for month, number in kept:
                on.setdefault((is_lunar, month, number), day)
    wanted = Q(pk__in=[])
    for is_lunar, month, number in on:
        wanted |= Q(is_lunar=is_lunar, month=month, day=number)
    rows = CareOccasion.objects.visible_to(user).filter(wanted)
    for row in rows.select_related("customer", "project").order_by("pk")[:MOST]:
        when = on[(row.is_lunar, row.month, row.day)]
        yield when, Entry(row.get_kind_display(), row.customer.name, row.project)


def _events(user: User, days: list[date]) -> Iterator[tuple[date, Entry]]:
    start = timezone.make_aware(datetime.combine(days[0], time.min))
    rows = CareEvent.objects.visible_to(user).filter(
        state=EventState.PLANNED.value,
        starts_at__gte=start,
        starts_at__lt=start + timedelta(days=len(days)),
    )
    for row in rows.select_related("project").order_by("starts_at", "pk")[:MOST]:
        on = timezone.localdate(row.starts_at)
        kind = row.get_kind_display()
        yield on, Entry(kind, row.title, row.project, "service:care-event", row.pk)


def _activities(user: User, days: list[date]) -> Iterator[tuple[date, Entry]]:
    plans = CarePlan.objects.visible_to(user)
    rows = CareActivity.objects.filter(
        plan__in=plans, done_on=None, planned_on__gte=days[0], planned_on__lte=days[-1]
    )
    for row in rows.select_related("plan__project")[:MOST]:
        entry = Entry(ACTIVITY, row.title, row.plan.project, "service:care-plan", row.plan_id)
        yield row.planned_on, entry
