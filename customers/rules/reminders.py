"""Who is told what when about a clock or a task, and what happens after an outage. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_site.calendars.rules.clocks import Reminder
from crm_site.calendars.rules.working_time import SHANGHAI

# At the due time a limit is still kept (CUS-39); what follows from missing it happens just after.
JUST_AFTER = dt.timedelta(microseconds=1)
BREACH = "breach"


class Audience(StrEnum):
    """Who is told: the one responsible, then the line above (CUS-42)."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Escalation:
    """A level of escalation: who is told how long after the due time (natural time)."""

    to: Audience
    after_minutes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens once: its name, its moment and who is told."""

    name: str
    at: dt.datetime
    to: Audience


@dataclass(frozen=True, slots=True)
class Due:
    """What a sweep finds for one subject: steps to tell, steps overtaken, the next moment."""

    told: tuple[Step, ...]
    overtaken: tuple[Step, ...]
    next_at: dt.datetime | None

    @property
    def all(self) -> tuple[Step, ...]:
        """Every step that takes effect now, told or not."""
        return (*self.overtaken, *self.told)


def clock_steps(
    reminders: Sequence[Reminder], due_at: dt.datetime, escalations: Sequence[Escalation]
) -> tuple[Step, ...]:
    """Return every step of a clock in order: reminders to the owner, breach, further levels.

    The first level of escalation is told of the breach itself.
    """
    steps = [Step(f"remind-{each.percent}", each.at, Audience.OWNER) for each in reminders]
    for level, escalation in enumerate(escalations, start=1):
        name = BREACH if level == 1 else f"escalate-{level}"
        at = due_at + JUST_AFTER + dt.timedelta(minutes=escalation.after_minutes)
        steps.append(Step(name, at, escalation.to))
    return tuple(steps)


def task_steps(
    due_at: dt.datetime,
    *,
    day_hour: int,
    before_minutes: int,
    escalations: Sequence[Escalation],
) -> tuple[Step, ...]:
    """Return every step of a task: the morning of its day, shortly before, overdue, escalation.

    The morning is ``day_hour`` in Beijing time, and is left out where the task is due before it.
    """
    local = due_at.astimezone(SHANGHAI)
    morning = local.replace(hour=day_hour, minute=0, second=0, microsecond=0)
    before = due_at - dt.timedelta(minutes=before_minutes)
    steps = [Step("due-day", morning, Audience.OWNER)] if morning < before else []
    steps.append(Step("before", before, Audience.OWNER))
    steps.append(Step("overdue", due_at + JUST_AFTER, Audience.OWNER))
    for level, escalation in enumerate(escalations, start=1):
        at = due_at + JUST_AFTER + dt.timedelta(minutes=escalation.after_minutes)
        steps.append(Step(f"escalate-{level}", at, escalation.to))
    return tuple(sorted(steps, key=lambda step: step.at))


def find_due(steps: Sequence[Step], *, fired: Collection[str], now: dt.datetime) -> Due:
    """Return what is due at ``now`` of the steps not yet fired.

    After an outage several may be due at once: of those for the same audience only the latest is
    told, so that nobody gets a pile of messages about one subject; the others count as overtaken.
    """
    open_steps = [step for step in steps if step.name not in fired]
    due = [step for step in open_steps if step.at <= now]
    later = [step.at for step in open_steps if step.at > now]
    latest = {step.to: step for step in sorted(due, key=lambda step: step.at)}
    told = tuple(step for step in due if latest[step.to] is step)
    overtaken = tuple(step for step in due if latest[step.to] is not step)
    return Due(told, overtaken, min(later, default=None))
