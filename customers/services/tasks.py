"""Making, finishing, putting off and passing on tasks (CUS-24, CUS-44)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.clock_policies import TASK_REMINDERS, TaskReminderPolicy
from customers.models import Customer, Lead, PlaybookRun, Task, TaskEvent
from customers.rules.axes import TaskKind, TaskState
from customers.rules.reminders import Step, find_due, task_steps
from customers.services.contact_stop import ANSWER, CONTACTS, STOPPED, refusing, require_contact
from customers.task_gates import pass_gate

PLAYBOOK = "playbook"


class TaskNotOpenError(StaleError):
    """Somebody else has finished or changed the task meanwhile; ``task`` is how it stands now."""

    def __init__(self, task: Task) -> None:
        super().__init__(_("The task was changed by somebody else meanwhile."), state=task.state)
        self.task = task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry:
    """What somebody writes down to be done: for whom, what, by when, by whom.

    ``source`` and ``source_id`` name what made the task; the same pair makes it once. ``subject``
    is the registered kind and key of what it belongs to beside the customer, such as a meeting.
    """

    title: str
    due_at: dt.datetime
    owner: User
    customer: Customer | None = None
    lead: Lead | None = None
    kind: TaskKind = TaskKind.FOLLOW_UP
    source: str = "manual"
    source_id: str = ""
    subject: tuple[str, int] | None = None


def steps_of(due_at: dt.datetime, policy: TaskReminderPolicy) -> tuple[Step, ...]:
    """Return every reminder and escalation of a task due at ``due_at``."""
    return task_steps(
        due_at,
        day_hour=policy.day_hour,
        before_minutes=policy.before_minutes,
        escalations=policy.escalations,
    )


@transaction.atomic
def create_task(*, entry: TaskEntry, actor: User | None, now: dt.datetime) -> Task:
    """Make a task with its reminders and return it; a second call for one source returns the first.

    Raise ValidationError where it says nothing to do, its time has passed, or it would contact a
    customer who withdrew the consent to that.
    """
    if not entry.title.strip():
        raise ValidationError({"title": _("Say what there is to do.")})
    _require_future(entry.due_at, now)
    draft = _draft(entry, actor)
    _require_contact(draft)
    draft.next_step_at = _first_step(entry.due_at, now)
    if not entry.source_id:
        draft.save(force_insert=True)
    else:
        Task.objects.bulk_create([draft], ignore_conflicts=True)
        made = Task.objects.get(source=entry.source, source_id=entry.source_id)
        if made.events.exists():
            return made
        draft = made
    _note(draft, "created", actor=actor, now=now)
    return draft


@transaction.atomic
def create_tasks(
    *, entries: Sequence[TaskEntry], actor: User | None, now: dt.datetime
) -> list[Task]:
    """Make many tasks that have a source, in a few statements; return those that exist now.

    Tasks of contact with a customer who refuses that are left out, as are those whose time has
    passed. A second call makes nothing new.
    """
    no = refusing(entry.customer.pk for entry in entries if entry.customer is not None)
    drafts = []
    for entry in entries:
        refused = entry.customer is not None and entry.customer.pk in no
        if entry.due_at > now and not (refused and entry.kind in CONTACTS):
            drafts.append(_draft(entry, actor))
    policy: TaskReminderPolicy = in_force(TASK_REMINDERS, at=now).value
    for draft in drafts:
        draft.next_step_at = find_due(steps_of(draft.due_at, policy), fired=(), now=now).next_at
    Task.objects.bulk_create(drafts, ignore_conflicts=True)
    keys = {(draft.source, draft.source_id) for draft in drafts}
    rows = Task.objects.filter(
        source__in={source for source, _key in keys}, source_id__in={key for _source, key in keys}
    )
    made = [row for row in rows.select_related("customer", "owner") if row_key(row) in keys]
    ids = [row.pk for row in made]
    fresh = set(Task.objects.filter(pk__in=ids, events__isnull=True).values_list("pk", flat=True))
    TaskEvent.objects.bulk_create(
        TaskEvent(task_id=pk, kind="created", actor=actor, at=now) for pk in sorted(fresh)
    )
    return made


def row_key(task: Task) -> tuple[str, str]:
    """Return what makes a task once: its source and the key in it."""
    return task.source, task.source_id


@transaction.atomic
def strike_task(*, entry: TaskEntry, actor: User | None, now: dt.datetime) -> None:
    """Write a planned contact as cancelled at once, because the customer refuses it.

    The row keeps its source from making the task later; a second call changes nothing.
    """
    draft = _draft(entry, actor)
    draft.state = TaskState.CANCELLED.value
    Task.objects.bulk_create([draft], ignore_conflicts=True)
    made = Task.objects.get(source=entry.source, source_id=entry.source_id)
    if not made.events.exists():
        _note(made, "cancelled", note=STOPPED, actor=actor, now=now)


def _draft(entry: TaskEntry, actor: User | None) -> Task:
    return Task(
        kind=entry.kind.value,
        title=entry.title.strip(),
        customer=entry.customer,
        lead=entry.lead,
        owner=entry.owner,
        due_at=entry.due_at,
        source=entry.source,
        source_id=entry.source_id,
        created_by=actor,
        subject_kind=entry.subject[0] if entry.subject else "",
        subject_id=str(entry.subject[1]) if entry.subject else "",
    )


@transaction.atomic
def complete_task(
    *, task: Task, outcome: str = "", actor: User, now: dt.datetime, through: str = ""
) -> Task:
    """Mark an open task as done; whoever comes second gets TaskNotOpenError.

    A task with a form of its own is done ``through`` its source only; raise TaskGatedError else.
    """
    pass_gate(task.source, through=through)
    _change(task, now, state=TaskState.DONE.value, done_at=now, outcome=outcome, next_step_at=None)
    _note(task, "done", note=outcome, actor=actor, now=now)
    _wake_run(task, now)
    return task


@transaction.atomic
def reopen_task(*, task: Task, actor: User, now: dt.datetime) -> Task:
    """Take back that a task is done; what was told before is not told again.

    Raise ValidationError where it would contact a customer who has withdrawn the consent to that,
    TaskGatedError for a task that its own form has finished.
    """
    pass_gate(task.source, through="")
    _require_contact(task)
    updated = Task.objects.filter(pk=task.pk, state=TaskState.DONE.value).update(
        state=TaskState.OPEN.value,
        done_at=None,
        outcome="",
        next_step_at=_first_step(task.due_at, now) or now,
        updated_at=now,
    )
    task.refresh_from_db()
    if not updated:
        raise TaskNotOpenError(task)
    _note(task, "reopened", actor=actor, now=now)
    return task


@transaction.atomic
def postpone_task(
    *, task: Task, due_at: dt.datetime, reason: str = "", actor: User, now: dt.datetime
) -> Task:
    """Put an open task off; its reminders start anew."""
    _require_future(due_at, now)
    was = task.due_at
    _change(
        task,
        now,
        due_at=due_at,
        occurrence=F("occurrence") + 1,
        step=0,
        next_step_at=_first_step(due_at, now),
    )
    note = f"{was.isoformat()} → {due_at.isoformat()} {reason}".strip()
    _note(task, "postponed", note=note, actor=actor, now=now)
    return task


@transaction.atomic
def reassign_task(
    *, task: Task, owner: User, reason: str = "", actor: User, now: dt.datetime
) -> Task:
    """Give an open task to somebody else."""
    was = task.owner_id
    _change(task, now, owner=owner)
    _note(task, "moved", note=f"{was} → {owner.pk} {reason}".strip(), actor=actor, now=now)
    return task


@transaction.atomic
def cancel_task(*, task: Task, reason: str, actor: User | None, now: dt.datetime) -> Task:
    """Withdraw an open task, because there is nothing to do any more."""
    _change(task, now, state=TaskState.CANCELLED.value, next_step_at=None)
    _note(task, "cancelled", note=reason, actor=actor, now=now)
    _wake_run(task, now)
    return task


@transaction.atomic
def cancel_tasks(
    *, tasks: Sequence[Task], reason: str, actor: User | None, now: dt.datetime
) -> int:
    """Do with each of many tasks what ``cancel_task`` does, by sets; return how many were open.

    Those done or withdrawn meanwhile are passed over.
    """
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks], state=TaskState.OPEN.value)
    found = list(rows.order_by("pk").select_for_update(of=("self",)))
    keys = [task.pk for task in found]
    Task.objects.filter(pk__in=keys).update(
        state=TaskState.CANCELLED.value, next_step_at=None, updated_at=now
    )
    TaskEvent.objects.bulk_create(
        TaskEvent(task_id=pk, kind="cancelled", note=reason[:500], actor=actor, at=now)
        for pk in keys
    )
    for task in found:
        _wake_run(task, now)
    return len(keys)


def _change(task: Task, now: dt.datetime, **values: object) -> None:
    """Update the task if it is still open, and read it again; raise TaskNotOpenError otherwise."""
    still_open = Task.objects.filter(pk=task.pk, state=TaskState.OPEN.value)
    updated = still_open.update(**values, updated_at=now)
    task.refresh_from_db()
    if not updated:
        raise TaskNotOpenError(task)


def _wake_run(task: Task, now: dt.datetime) -> None:
    """Let the next sweep look at the playbook run that made the task: a gate may be open now."""
    if task.source == PLAYBOOK:
        run_id = int(task.source_id.partition(":")[0])
        PlaybookRun.objects.filter(pk=run_id, ended_at__isnull=True).update(next_step_at=now)


def _require_contact(task: Task) -> None:
    if task.source != ANSWER:
        require_contact(task.customer_id, kind=TaskKind(task.kind))


def _first_step(due_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    policy: TaskReminderPolicy = in_force(TASK_REMINDERS, at=now).value
    return find_due(steps_of(due_at, policy), fired=(), now=now).next_at


def _require_future(due_at: dt.datetime, now: dt.datetime) -> None:
    if due_at <= now:
        raise ValidationError({"due_at": _("Choose a time later than now.")})


def _note(
    task: Task, kind: str, *, note: str = "", actor: User | None, now: dt.datetime
) -> TaskEvent:
    return TaskEvent.objects.create(task=task, kind=kind, note=note[:500], actor=actor, at=now)
