"""The sweep that reminds and escalates, once per step (CUS-42, CUS-44, A-53).

Every due subject is claimed with a row lock that other sweeps skip. Each step writes one effect row
whose uniqueness lets it take effect once, and only for effects that are new a message is written,
all in one transaction: killed half-way, nothing has happened and the next tick does it. What is due
lies in the rows, so a lost broker or a stopped beat delays a step and loses none.

After an outage a person is told only the latest of the steps that passed meanwhile, per subject;
the overtaken ones get their effect row and no message.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from crm_site.calendars.rules.states import ClockState
from crm_site.calendars.rules.working_time import Calendar
from crm_site.calendars.services import calendar_for
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import at_version, in_force
from customers.clock_policies import LEAD_CLOCKS, TASK_REMINDERS, LeadClockPolicy
from customers.models import LeadClock, LeadClockEffect, Task, TaskEffect
from customers.rules.axes import OPEN_LEAD_STATES, TaskState
from customers.rules.reminders import Due, Step, find_due
from customers.services.clocks import apply_steps, steps_of
from customers.services.notices import Line, clock_notices, task_notices
from customers.services.tasks import steps_of as steps_of_task

BATCH = 500
LONGEST = 60.0  # seconds; what is left is due still when the next tick comes

CLOCK_EFFECTS = """
    INSERT INTO customers_leadclockeffect (clock_id, step, at)
    SELECT id, step, %s FROM unnest(%s::bigint[], %s::text[]) AS due (id, step)
    ON CONFLICT DO NOTHING RETURNING clock_id, step
"""
TASK_EFFECTS = """
    INSERT INTO customers_taskeffect (task_id, occurrence, step, at)
    SELECT id, occurrence, step, %s
    FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS due (id, step, occurrence)
    ON CONFLICT DO NOTHING RETURNING task_id, step
"""
MOVE_CLOCKS = """
    UPDATE customers_leadclock c SET step = due.step, escalation = due.escalation,
        state = due.state, breached_at = due.breached_at, next_step_at = due.next_step_at
    FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::timestamptz[],
        %s::timestamptz[]) AS due (id, step, escalation, state, breached_at, next_step_at)
    WHERE c.id = due.id
"""
MOVE_TASKS = """
    UPDATE customers_task t SET step = due.step, next_step_at = due.next_step_at
    FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS due (id, step, next_step_at)
    WHERE t.id = due.id
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: subjects looked at, steps that took effect, messages written."""

    subjects: int = 0
    effects: int = 0
    messages: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.subjects + other.subjects,
            self.effects + other.effects,
            self.messages + other.messages,
        )


def sweep_clocks(*, now: dt.datetime, limit: int = 20_000) -> Swept:
    """Take the due steps of the clocks of open leads, for at most a minute; return the counts."""
    return _in_batches(_sweep_clock_batch, now, limit)


def sweep_tasks(*, now: dt.datetime, limit: int = 20_000) -> Swept:
    """Take the due steps of the open tasks, for at most a minute; return the counts."""
    return _in_batches(_sweep_task_batch, now, limit)


def _in_batches(batch: Callable[[dt.datetime, int], Swept], now: dt.datetime, limit: int) -> Swept:
    done = Swept()
    begun = time.monotonic()
    while done.subjects < limit and time.monotonic() - begun < LONGEST:
        with transaction.atomic():
            part = batch(now, min(BATCH, limit - done.subjects))
        if not part.subjects:
            break
        done += part
    return done


def claim_clocks(now: dt.datetime, size: int) -> list[LeadClock]:
    """Return due clocks, locked; those another sweep holds are skipped.

    A running clock past its due time is due whatever its next step says, because a newly loaded
    calendar can have moved it.
    """
    due = LeadClock.objects.filter(
        Q(state__in=["running", "breached"], next_step_at__lte=now)
        | Q(state=ClockState.RUNNING.value, due_at__lt=now),
        lead__state__in=[state.value for state in OPEN_LEAD_STATES],
    )
    return list(
        due.select_related("lead__customer", "lead__owner__node", "lead__project__node")
        .order_by("next_step_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:size]
    )


def claim_tasks(now: dt.datetime, size: int) -> list[Task]:
    """Return open tasks with a due reminder, locked; those another sweep holds are skipped."""
    due = Task.objects.filter(state=TaskState.OPEN.value, next_step_at__lte=now)
    return list(
        due.select_related("customer", "owner__node")
        .order_by("next_step_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:size]
    )


@dataclass(slots=True)
class _Terms:
    """The policy versions and calendars a batch of clocks needs, each read once."""

    policies: dict[int, LeadClockPolicy] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def steps(self, row: LeadClock) -> Sequence[Step]:
        version, key = row.policy_version, row.calendar_key
        if version not in self.policies:
            self.policies[version] = at_version(LEAD_CLOCKS, version)
        if key not in self.calendars:
            self.calendars[key] = calendar_for(key)
        return steps_of(row, self.policies[version], self.calendars[key])


def _sweep_clock_batch(now: dt.datetime, size: int) -> Swept:
    rows = claim_clocks(now, size)
    if not rows:
        return Swept()
    fired = _fired(LeadClockEffect.objects.filter(clock__in=rows).values_list("clock_id", "step"))
    terms = _Terms()
    due = {row.pk: find_due(terms.steps(row), fired=fired.get(row.pk, ()), now=now) for row in rows}
    effects = _insert(CLOCK_EFFECTS, now, [(pk, step.name) for pk, step in _all_steps(due)])
    line = Line.above(row.lead.owner or row.lead.customer for row in rows)
    messages: list[Outgoing] = []
    for row in rows:
        new = [step for step in due[row.pk].told if (row.pk, step.name) in effects]
        messages += clock_notices(row, new, line)
        apply_steps(row, due[row.pk].all, next_at=due[row.pk].next_at)
        if row.state == ClockState.RUNNING.value and row.due_at < now:
            row.state, row.breached_at = ClockState.BREACHED.value, row.due_at
    columns = ("pk", "step", "escalation", "state", "breached_at", "next_step_at")
    _write(MOVE_CLOCKS, rows, columns)
    return Swept(len(rows), len(effects), send_many(messages, now=now))


def _sweep_task_batch(now: dt.datetime, size: int) -> Swept:
    rows = claim_tasks(now, size)
    if not rows:
        return Swept()
    occurrences = {row.pk: row.occurrence for row in rows}
    past = TaskEffect.objects.filter(task__in=rows).values_list("task_id", "step", "occurrence")
    fired = _fired((pk, step) for pk, step, nth in past if nth == occurrences[pk])
    policy = in_force(TASK_REMINDERS, at=now).value
    due = {
        row.pk: find_due(steps_of_task(row.due_at, policy), fired=fired.get(row.pk, ()), now=now)
        for row in rows
    }
    pairs = [(pk, step.name) for pk, step in _all_steps(due)]
    effects = _insert(TASK_EFFECTS, now, pairs, [occurrences[pk] for pk, _name in pairs])
    line = Line.above(row.owner for row in rows)
    messages: list[Outgoing] = []
    for row in rows:
        new = [step for step in due[row.pk].told if (row.pk, step.name) in effects]
        messages += task_notices(row, new, line)
        row.step += len(due[row.pk].all)
        row.next_step_at = due[row.pk].next_at
    _write(MOVE_TASKS, rows, ("pk", "step", "next_step_at"))
    return Swept(len(rows), len(effects), send_many(messages, now=now))


def _write(statement: str, rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write the columns of all rows in one statement."""
    values = [[getattr(row, name) for row in rows] for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _fired(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    fired: dict[int, set[str]] = {}
    for pk, step in pairs:
        fired.setdefault(pk, set()).add(step)
    return fired


def _all_steps(due: dict[int, Due]) -> Iterable[tuple[int, Step]]:
    return ((pk, step) for pk, found in due.items() for step in found.all)


def _insert(
    statement: str, now: dt.datetime, pairs: Sequence[tuple[int, str]], *more: list[int]
) -> set[tuple[int, str]]:
    """Write effect rows in one statement; return those that did not exist before."""
    if not pairs:
        return set()
    keys, steps = [pk for pk, _step in pairs], [step for _pk, step in pairs]
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, keys, steps, *more])
        return set(cursor.fetchall())
