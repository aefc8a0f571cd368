"""The day of one person: what is lost first stands on top (docs: interface, "Today")."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm_site.common.display import phone_masked
from crm_site.staff.models import User
from customers.clock_messages import CLOCK_LABELS
from customers.models import Customer, LeadClock, Task
from customers.rules.axes import OPEN_LEAD_STATES, ClockKind, TaskKind
from customers.rules.birthdays import Birthday, days_of, next_birthday
from customers.rules.days import end_of_day
from customers.selectors.listed import narrowed

BIRTHDAYS_AHEAD = 7
# A section shows this many rows; its count says how many there are.
MOST_ROWS = 50

BREACHED: Final = "breached"
NEW_LEADS: Final = "new_leads"
OVERDUE: Final = "overdue"
DUE_TODAY: Final = "due_today"
VISITS: Final = "visits"
BIRTHDAYS: Final = "birthdays"

TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    BREACHED: (gettext_lazy("Time limit missed"), gettext_lazy("Reported to your supervisor")),
    NEW_LEADS: (gettext_lazy("New enquiries"), gettext_lazy("First touch within the time limit")),
    OVERDUE: (gettext_lazy("Overdue follow-ups"), ""),
    DUE_TODAY: (gettext_lazy("Due today"), ""),
    VISITS: (gettext_lazy("Visits today"), ""),
    BIRTHDAYS: (gettext_lazy("Birthdays in the next 7 days"), ""),
}


@dataclass(frozen=True, slots=True)
class TodayRow:
    """One thing to do: for whom, why, by when, and what one tap does.

    ``kind`` is ``clock``, ``task`` or ``birthday``; ``action`` is ``call``, ``log``, ``visit`` or
    ``greet``. ``left`` is negative once the moment has passed; ``fraction`` is the share of the
    time already used (at most 1), ``None`` where there is no span.
    """

    kind: str
    customer_id: int
    customer_name: str
    grade: str
    phone: str
    why: str
    note: str
    due_at: dt.datetime
    left: dt.timedelta
    fraction: float | None
    action: str
    task_id: int | None = None
    clock_id: int | None = None
    lead_id: int | None = None
    is_provisional: bool = False
    url: str = ""  # the page where it is done, beside the customer's record

    @property
    def is_over(self) -> bool:
        """Whether the moment has passed."""
        return self.left < dt.timedelta(0)

    @property
    def left_percent(self) -> int:
        """The share of the allowance that is left, 0 to 100."""
        return 0 if self.fraction is None else round((1 - self.fraction) * 100)

    @property
    def tone(self) -> str:
        """How urgent it looks: ``red`` once over or nearly, ``amber`` past half, else empty."""
        if self.is_over or (self.fraction or 0) >= 0.8:
            return "red"
        return "amber" if (self.fraction or 0) >= 0.5 else ""


Reader = Callable[[User, dt.datetime, int | None, dt.datetime], list[TodayRow]]


@dataclass(frozen=True, slots=True)
class FurtherSection:
    """A section that another area brings; ``read(user, midnight, project_id, now)`` its rows.

    Tasks from the source ``takes`` stand in it and in no other section.
    """

    key: str
    title: str | Promise
    hint: str | Promise
    read: Reader
    takes: str = ""


_further: dict[str, FurtherSection] = {}


def register_today(section: FurtherSection) -> None:
    """Show ``section`` right after the missed time limits; called from ``AppConfig.ready``."""
    _further[section.key] = section


@dataclass(frozen=True, slots=True)
class TodaySection:
    """A group of rows of the same urgency; ``count`` may exceed the rows shown."""

    key: str
    title: str | Promise
    hint: str | Promise
    rows: Sequence[TodayRow]
    count: int


@dataclass(frozen=True, slots=True)
class Today:
    """The whole day: sections that are not empty, what is done already, and the two counts.

    ``total`` counts everything that has to be done today, done or not; birthdays are not counted.
    """

    date: dt.date
    sections: Sequence[TodaySection]
    total: int
    done: int
    done_tasks: Sequence[Task] = field(default_factory=tuple)


def today(user: User, now: dt.datetime, project_id: int | None = None) -> Today:
    """Return what ``user`` has to do today (Beijing time); the same few queries for any length.

    With ``project_id`` only what is about customers of that project, and what is about nobody.
    """
    midnight = end_of_day(now)
    own = list(TITLES)
    groups: dict[str, list[TodayRow]] = {key: [] for key in (own[0], *_further, *own[1:])}
    for section in _further.values():
        groups[section.key] = section.read(user, midnight, project_id, now)
    _add_clocks(groups, _clocks(user, midnight, project_id), now)
    _add_tasks(groups, _tasks(user, midnight, project_id), now)
    groups[BIRTHDAYS] = _birthday_rows(user, now, project_id)
    done_tasks = _done_tasks(user, midnight, project_id)
    done = len(done_tasks) + _first_touches_met(user, midnight, project_id)
    to_do = sum(len(rows) for key, rows in groups.items() if key != BIRTHDAYS)
    sections = [
        TodaySection(key, *_words(key), rows=rows[:MOST_ROWS], count=len(rows))
        for key, rows in groups.items()
        if rows
    ]
    return Today(timezone.localdate(now), sections, to_do + done, done, done_tasks)


def _words(key: str) -> tuple[str | Promise, str | Promise]:
    section = _further.get(key)
    return (section.title, section.hint) if section else TITLES[key]


def _about(project_id: int | None, customer: str = "customer") -> Q:
    """Return the condition of rows about customers of the project, or about nobody."""
    if project_id is None:
        return Q()
    return Q(**{f"{customer}__project": project_id}) | Q(**{f"{customer}__isnull": True})


def _clocks(user: User, midnight: dt.datetime, project_id: int | None) -> list[LeadClock]:
    """Return the open clocks of the user's leads: every first touch, others once due today."""
    mine = Q(lead__owner=user) | Q(lead__owner__isnull=True, lead__customer__owner=user)
    pressing = Q(kind=ClockKind.FIRST_TOUCH.value) | Q(due_at__lt=midnight)
    return list(
        LeadClock.objects.running()
        .filter(_about(project_id, "lead__customer"), mine, pressing)
        .filter(lead__state__in=[state.value for state in OPEN_LEAD_STATES])
        .select_related("lead__project", "lead__customer__grading")
        .order_by("due_at", "pk")
    )


def _add_clocks(
    groups: dict[str, list[TodayRow]], clocks: Iterable[LeadClock], now: dt.datetime
) -> None:
    """Put each lead once where it is most pressing: missed, new, or due today."""
    best: dict[int, tuple[int, str, LeadClock]] = {}
    order = [BREACHED, NEW_LEADS, DUE_TODAY]
    for clock in clocks:
        key = _section_of(clock, now)
        rank = order.index(key)
        if clock.lead_id not in best or rank < best[clock.lead_id][0]:
            best[clock.lead_id] = (rank, key, clock)
    for _rank, key, clock in best.values():
        groups[key].append(_clock_row(clock, now))
    for key in order:
        groups[key].sort(key=lambda row: row.due_at)


def _section_of(clock: LeadClock, now: dt.datetime) -> str:
    if clock.due_at < now:
        return BREACHED
    return NEW_LEADS if clock.kind == ClockKind.FIRST_TOUCH.value else DUE_TODAY


def _clock_row(clock: LeadClock, now: dt.datetime) -> TodayRow:
    lead, customer = clock.lead, clock.lead.customer
    first = clock.kind == ClockKind.FIRST_TOUCH.value
    why = lead.enquiry if first and lead.enquiry else str(CLOCK_LABELS[clock.kind])
    return TodayRow(
        kind="clock",
        **person_of(customer),
        why=why,
        note=lead.project.name if lead.project else "",
        due_at=clock.due_at,
        left=clock.due_at - now,
        fraction=share_used(clock.started_at, clock.due_at, now),
        action="call" if first else "log",
        clock_id=clock.pk,
        lead_id=lead.pk,
        is_provisional=clock.is_provisional,
    )


def _tasks(user: User, midnight: dt.datetime, project_id: int | None) -> list[Task]:
    tasks = Task.objects.open().filter(_about(project_id), owner=user, due_at__lt=midnight)
    taken = [section.takes for section in _further.values() if section.takes]
    tasks = tasks.exclude(source__in=taken) if taken else tasks
    return list(tasks.select_related("customer__grading").order_by("due_at", "pk"))


def _add_tasks(groups: dict[str, list[TodayRow]], tasks: Iterable[Task], now: dt.datetime) -> None:
    for task in tasks:
        if task.due_at < now:
            key = OVERDUE
        else:
            key = VISITS if task.kind == TaskKind.VISIT.value else DUE_TODAY
        groups[key].append(_task_row(task, now))
    groups[DUE_TODAY].sort(key=lambda row: row.due_at)


def _task_row(task: Task, now: dt.datetime) -> TodayRow:
    actions = {TaskKind.CALL.value: "call", TaskKind.VISIT.value: "visit"}
    return TodayRow(
        kind="task",
        **person_of(task.customer),
        why=task.title,
        note="",
        due_at=task.due_at,
        left=task.due_at - now,
        fraction=share_used(task.created_at, task.due_at, now),
        action=actions.get(task.kind, "log"),
        task_id=task.pk,
        lead_id=task.lead_id,
    )


def _birthday_rows(user: User, now: dt.datetime, project_id: int | None) -> list[TodayRow]:
    start = timezone.localdate(now)
    wanted = Q(pk__in=[])
    for month, day in days_of(start, BIRTHDAYS_AHEAD):
        wanted |= Q(birthday__month=month, birthday__day=day)
    people = narrowed(Customer.objects.filter(wanted, owner=user), project_id)
    rows = [_birthday_row(person, start, now) for person in people.select_related("grading")]
    return sorted(rows, key=lambda row: (row.due_at, row.customer_id))


def _birthday_row(customer: Customer, start: dt.date, now: dt.datetime) -> TodayRow:
    born = customer.birthday or start
    birthday: Birthday = next_birthday(born, start)
    due = timezone.make_aware(dt.datetime.combine(birthday.on, dt.time(23, 59)))
    if birthday.on == start:
        why = _("Birthday today, turns %(age)s") % {"age": birthday.age}
    else:
        why = _("Birthday on %(day)s, turns %(age)s") % {
            "day": f"{birthday.on:%m-%d}",
            "age": birthday.age,
        }
    return TodayRow(
        kind="birthday",
        **person_of(customer),
        why=why,
        note="",
        due_at=due,
        left=due - now,
        fraction=None,
        action="greet",
    )


def _done_tasks(user: User, midnight: dt.datetime, project_id: int | None) -> list[Task]:
    since = midnight - dt.timedelta(days=1)
    ended = Task.objects.filter(owner=user, done_at__gte=since, done_at__lt=midnight)
    done = ended.filter(_about(project_id))
    return list(done.select_related("customer").order_by("-done_at"))


def _first_touches_met(user: User, midnight: dt.datetime, project_id: int | None) -> int:
    return LeadClock.objects.filter(
        _about(project_id, "lead__customer"),
        kind=ClockKind.FIRST_TOUCH.value,
        lead__owner=user,
        met_at__gte=midnight - dt.timedelta(days=1),
        met_at__lt=midnight,
    ).count()


def person_of(customer: Customer | None) -> dict[str, Any]:
    """Return what a row says about its customer: key, name, grade, masked phone."""
    if customer is None:
        name = pgettext("instead of a customer's name", "Without a customer")
        return {"customer_id": 0, "customer_name": name, "grade": "", "phone": ""}
    grading = getattr(customer, "grading", None)
    return {
        "customer_id": customer.pk,
        "customer_name": customer.name,
        "grade": grading.grade if grading else "",
        "phone": phone_masked(str(customer.phone)) if customer.phone else "",
    }


def share_used(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> float | None:
    """Return which share of the time from ``start`` to ``end`` is over; ``None`` of no time."""
    if end <= start:
        return None
    return max(0.0, min(1.0, (now - start) / (end - start)))
