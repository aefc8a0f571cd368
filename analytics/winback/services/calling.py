"""The tasks of callbacks: for whom, over what, by when, and who hears of those left undone.

Each turn of a case is one task, whose source names case and turn, so a repeat makes nothing new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy

from analytics.winback import choices
from analytics.winback.models import WinbackCall, WinbackCase
from analytics.winback.policies import WinbackRules
from analytics.winback.rules.channels import next_channel
from analytics.winback.rules.deadlines import due_at
from analytics.winback.rules.words import CALL_CHANNELS
from crm_site.calendars.rules.working_time import Calendar, DueTime, next_working_moment
from crm_site.calendars.services import calendar_for
from crm_site.common.columns import write_columns
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.contact_policies import CHANNELS, ChannelRules
from customers.journey.tried import in_company_words
from customers.models import Customer, Task
from customers.rules.axes import Channel, TaskKind, TaskState
from customers.rules.channel_choice import suggest
from customers.rules.reminders import Audience
from customers.services.news import people_of
from customers.services.notices import DIGITS, Line
from customers.services.tasks import TaskEntry, cancel_tasks, create_tasks

SOURCE: Final = "winback"
SUBJECT: Final = "churn-case"
CALL: Final = "winback.callback"
LATE: Final = "winback.late"
WORN_OUT: Final = "winback.worn_out"
SALES: Final = frozenset({"consultant", "supervisor", "marketing", "channel", "executive"})
KINDS: Final = {
    "phone": TaskKind.CALL,
    "wechat": TaskKind.FOLLOW_UP,
    "home_visit": TaskKind.VISIT,
}
CHANNEL_WORDS: Final = dict(choices.CALL_CHANNELS)
TITLE: Final = gettext_lazy("Win-back callback: %(channel)s")


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one case does next."""

    case: WinbackCase
    channel: str
    owner: User
    due: DueTime
    worn_out: bool


@dataclass(slots=True)
class _Plans:
    """What planning reads once for all cases."""

    rules: WinbackRules
    now: datetime
    calendars: dict[str, Calendar] = field(default_factory=dict)
    dues: dict[tuple[str, int], DueTime] = field(default_factory=dict)

    def key(self, owner: User) -> str:
        """Return which work calendar a person has."""
        return self.rules.sales_calendar if owner.role in SALES else self.rules.service_calendar

    def calendar(self, owner: User) -> Calendar:
        """Return the work calendar of a person."""
        key = self.key(owner)
        if key not in self.calendars:
            self.calendars[key] = calendar_for(key)
        return self.calendars[key]

    def due(self, owner: User, hours: int) -> DueTime:
        """Return when so many hours from now have run out for a person; once per calendar."""
        asked = self.key(owner), hours
        if asked not in self.dues:
            self.dues[asked] = due_at(self.now, hours, self.calendar(owner))
        return self.dues[asked]


def plan_callbacks(
    cases: Sequence[WinbackCase],
    *,
    rules: WinbackRules,
    now: datetime,
    at: datetime | None = None,
) -> int:
    """Make the next callback task of each case and tell its owner; return how many tasks.

    ``at`` is a moment agreed with the customer; without one the level and the tries decide. A case
    whose every channel is refused, or that nobody is responsible for, gets no task now.
    """
    rows = list(cases)
    if not rows:
        return 0
    turns = _turns(rows, rules=rules, now=now, at=at)
    for turn in turns:
        case = turn.case
        case.turn += 1
        case.owner, case.channel, case.due_at = turn.owner, turn.channel, turn.due.at
        case.is_provisional, case.escalated_at, case.updated_at = turn.due.is_provisional, None, now
    columns = ["turn", "owner", "channel", "due_at", "is_provisional", "escalated_at", "updated_at"]
    write_columns([turn.case for turn in turns], columns)
    titles = {
        channel: in_company_words(TITLE, channel=words) for channel, words in CHANNEL_WORDS.items()
    }
    create_tasks(
        entries=[_entry(turn, titles[turn.channel]) for turn in turns], actor=None, now=now
    )
    send_many([_notice(turn) for turn in turns], now=now)
    _tell_worn_out([turn for turn in turns if turn.worn_out], now=now)
    return len(turns)


def _turns(
    cases: Sequence[WinbackCase], *, rules: WinbackRules, now: datetime, at: datetime | None
) -> list[_Turn]:
    customers = {case.customer_id: case.customer for case in cases}
    people, channels = people_of(list(customers.values()), now), _channel_rules(now)
    tries = tries_of(cases)
    plans, turns = _Plans(rules, now), []
    line = Line.above(customer.owner or customer for customer in customers.values())
    for case in cases:
        person, done = people[case.customer_id], tries.get(case.pk, [])
        reachable = person.reachable or frozenset()
        closed = {
            one
            for one in CALL_CHANNELS
            if Channel(one) in person.refused or Channel(one) not in reachable
        }
        found = suggest(person, table=channels.table())
        suggested = found.channel.value if found else CALL_CHANNELS[0]
        channel = next_channel(tries=done, suggested=suggested, closed=closed, limit=rules.failures)
        worn_out = not channel and len(closed) < len(CALL_CHANNELS)
        if worn_out:
            channel = next_channel(tries=[], suggested=suggested, closed=closed, limit=1)
        owner = _responsible(case.customer, line, wants_supervisor=worn_out)
        if channel and owner is not None:
            due = _due(case, plans, owner, has_tried=bool(done), at=at)
            turns.append(_Turn(case, channel, owner, due, worn_out))
    return turns


def _due(
    case: WinbackCase, plans: _Plans, owner: User, *, has_tried: bool, at: datetime | None
) -> DueTime:
    if at is not None:
        calendar = plans.calendar(owner)
        return DueTime(max(next_working_moment(at, calendar), at), is_provisional=False)
    hours = plans.rules.retry_hours if has_tried else plans.rules.hours[case.alert.level]
    return plans.due(owner, hours)


def _responsible(customer: Customer, line: Line, *, wants_supervisor: bool) -> User | None:
    """Return who calls: the owner, else the one above; for a worn-out case the other way round."""
    owner = customer.owner if customer.owner and customer.owner.is_active else None
    told = line.told(customer.owner or customer, Audience.SUPERVISOR)
    above = next((user for user in told if user != customer.owner), None)
    return (above or owner) if wants_supervisor else (owner or above)


def tries_of(cases: Iterable[WinbackCase]) -> dict[int, list[tuple[str, bool]]]:
    """Return channel and success of each callback of the cases, oldest first."""
    found: dict[int, list[tuple[str, bool]]] = {}
    rows = WinbackCall.objects.filter(case__in=list(cases)).order_by("at", "pk")
    for case_id, channel, reached in rows.values_list("case_id", "channel", "reached"):
        found.setdefault(case_id, []).append((channel, reached))
    return found


def _channel_rules(now: datetime) -> ChannelRules:
    rules: ChannelRules = in_force(CHANNELS, at=now).value
    return rules


def _entry(turn: _Turn, title: str) -> TaskEntry:
    return TaskEntry(
        title=title,
        due_at=turn.due.at,
        owner=turn.owner,
        customer=turn.case.customer,
        kind=KINDS[turn.channel],
        source=SOURCE,
        source_id=f"{turn.case.pk}:{turn.case.turn}",
        subject=(SUBJECT, turn.case.pk),
    )


def _notice(turn: _Turn) -> Outgoing:
    case = turn.case
    return Outgoing(
        kind=CALL,
        recipient=turn.owner,
        key=f"winback:{case.pk}:{case.turn}:{turn.owner.pk}",
        params={
            "customer": DIGITS.sub("…", case.customer.name),
            "level": case.alert.level,
            "channel": turn.channel,
            "due": turn.due.at.isoformat(),
        },
        subject=(SUBJECT, case.pk),
    )


def _tell_worn_out(turns: Sequence[_Turn], *, now: datetime) -> None:
    send_many(
        [
            Outgoing(
                kind=WORN_OUT,
                recipient=turn.owner,
                key=f"winback-worn-out:{turn.case.pk}:{turn.case.turn}",
                params={"customer": DIGITS.sub("…", turn.case.customer.name)},
                subject=(SUBJECT, turn.case.pk),
            )
            for turn in turns
        ],
        now=now,
    )


def hasten(cases: Iterable[WinbackCase], *, rules: WinbackRules, now: datetime) -> int:
    """Bring first callbacks forward where the level has become more urgent; return how many."""
    plans, moved = _Plans(rules, now), []
    rows = WinbackCase.objects.filter(pk__in=[case.pk for case in cases], worked_at__isnull=True)
    held = rows.select_for_update(of=("self",)).order_by("pk")  # a callback may be written just now
    for case in held.select_related("owner", "alert").filter(owner__isnull=False):
        if case.owner is None or case.due_at is None:
            continue
        due = plans.due(case.owner, rules.hours[case.alert.level])
        if due.at < case.due_at:
            case.due_at, case.is_provisional, case.updated_at = due.at, due.is_provisional, now
            moved.append(case)
    write_columns(moved, ["due_at", "is_provisional", "updated_at"])
    tasks = []
    for task, case in _open_tasks(moved):
        if case.due_at is None:
            continue
        task.due_at, task.next_step_at, task.updated_at = case.due_at, now, now
        task.occurrence += 1
        tasks.append(task)
    write_columns(tasks, ["due_at", "next_step_at", "occurrence", "updated_at"])
    return len(moved)


def _open_tasks(cases: Sequence[WinbackCase]) -> list[tuple[Task, WinbackCase]]:
    by_key = {f"{case.pk}:{case.turn}": case for case in cases}
    rows = Task.objects.open().filter(source=SOURCE, source_id__in=by_key).select_for_update()
    return [(task, by_key[task.source_id]) for task in rows.order_by("pk")]


def task_of(case: WinbackCase) -> Task | None:
    """Return the open callback task of the case, if it has one."""
    rows = Task.objects.open().filter(source=SOURCE, source_id=f"{case.pk}:{case.turn}")
    return rows.select_related("owner").first()


def cancel_callbacks(case_ids: Iterable[int], *, reason: str, now: datetime) -> int:
    """Cancel the open callback tasks of these cases; return how many."""
    rows = Task.objects.filter(
        source=SOURCE, subject_id__in=[str(pk) for pk in case_ids], state=TaskState.OPEN.value
    )
    return cancel_tasks(tasks=list(rows.only("pk")), reason=reason, actor=None, now=now)


def escalate_late(*, now: datetime, rules: WinbackRules, limit: int = 500) -> int:
    """Tell the supervisors of callbacks whose time ran out, once a turn; return how many cases."""
    late = WinbackCase.objects.open().filter(
        due_at__lt=now - timedelta(hours=rules.escalate_hours), escalated_at__isnull=True
    )
    rows = list(
        late.select_related("customer", "owner__node", "alert")
        .order_by("due_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    line = Line.above(row.owner or row.customer for row in rows)
    send_many(
        [
            Outgoing(
                kind=LATE,
                recipient=person,
                key=f"winback-late:{row.pk}:{row.turn}:{person.pk}",
                params={
                    "customer": DIGITS.sub("…", row.customer.name),
                    "owner": row.owner.name if row.owner else "",
                    "level": row.alert.level,
                    "due": row.due_at.isoformat() if row.due_at else "",
                },
                subject=(SUBJECT, row.pk),
            )
            for row in rows
            for person in line.told(row.owner or row.customer, Audience.SUPERVISOR)
        ],
        now=now,
    )
    WinbackCase.objects.filter(pk__in=[row.pk for row in rows]).update(
        escalated_at=now, updated_at=now
    )
    return len(rows)
