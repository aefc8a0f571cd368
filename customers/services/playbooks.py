"""Playbooks at work: what an event starts, the tasks that follow, stopping by hand (CUS-24)."""

import datetime as dt
from collections.abc import Iterable
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.rules.working_time import Calendar, add_working_time
from crm_site.calendars.services import calendar_for
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.errors import fault
from customers.models import Customer, Lead, Playbook, PlaybookRun, Task
from customers.rules.axes import TaskState
from customers.rules.playbooks import Planned, PlaybookStep, advance, months_after, read_steps
from customers.services.contact_stop import CONTACTS, refuses_contact
from customers.services.responsible import person_for
from customers.services.tasks import PLAYBOOK, TaskEntry, cancel_task, create_task, strike_task

BATCH = 200
# How long a step whose time has passed already may still take, in working time.
LATE_START = dt.timedelta(hours=4)
# When a run nobody can work on is looked at again, should nothing wake it before.
RETRY = dt.timedelta(days=1)


class _Outcome(Enum):
    """What became of a due step: its task is made or struck, or nobody is there to do it."""

    MADE = "made"
    STRUCK = "struck"
    NOBODY = "nobody"


def on_event(
    *,
    event: str,
    customer: Customer,
    lead: Lead | None = None,
    occurrence: str,
    actor: User | None,
    now: dt.datetime,
) -> list[PlaybookRun]:
    """Start every playbook in use that ``event`` triggers; return their runs.

    ``event`` is a trigger such as ``stage:deciding``; ``occurrence`` names this one happening of
    it (at most 80 characters), so that telling of it twice starts nothing twice.
    """
    found = Playbook.objects.filter(trigger=event, is_active=True)
    return [
        start_playbook(
            playbook=playbook,
            customer=customer,
            lead=lead,
            occurrence=occurrence,
            actor=actor,
            now=now,
        )
        for playbook in found
    ]


def on_events(*, event: str, customer_ids: Iterable[int], occurrence: str, now: dt.datetime) -> int:
    """Start what ``event`` triggers for many customers in one statement; return how many runs.

    The next sweep makes their tasks.
    """
    playbooks = list(Playbook.objects.filter(trigger=event, is_active=True))
    if not playbooks:
        return 0
    runs = [
        _run(playbook, customer_id=pk, lead=None, occurrence=occurrence, now=now)
        for playbook in playbooks
        for pk in customer_ids
    ]
    PlaybookRun.objects.bulk_create(runs, batch_size=1000, ignore_conflicts=True)
    return len(runs)


@transaction.atomic
def start_playbook(
    *,
    playbook: Playbook,
    customer: Customer,
    lead: Lead | None,
    occurrence: str,
    actor: User | None,
    now: dt.datetime,
) -> PlaybookRun:
    """Start ``playbook`` for ``customer`` and make the tasks due within a week; return the run.

    The run keeps its own copy of the steps. A second call for the same occurrence returns the
    first run.
    """
    draft = _run(playbook, customer_id=customer.pk, lead=lead, occurrence=occurrence, now=now)
    PlaybookRun.objects.bulk_create([draft], ignore_conflicts=True)
    run: PlaybookRun = _locked(
        PlaybookRun.objects.filter(
            playbook=playbook, customer=customer, occurrence=draft.occurrence
        )
    ).get()
    _advance(run, actor=actor, now=now, calendar=calendar_for(SALES_OFFICE))
    return run


@transaction.atomic
def stop_run(*, run: PlaybookRun, reason: str, actor: User, now: dt.datetime) -> PlaybookRun:
    """End a run and withdraw its open tasks; raise ``EntryError`` without a reason."""
    reason = reason.strip()
    if not reason:
        raise fault("reason", "required")
    ended = PlaybookRun.objects.filter(pk=run.pk, ended_at__isnull=True).update(
        ended_at=now, next_step_at=None, stop_reason=reason[:200]
    )
    if not ended:
        raise StaleError(_("The playbook has ended meanwhile."))
    for task in tasks_of([run.pk]).filter(state=TaskState.OPEN.value):
        cancel_task(task=task, reason=reason, actor=actor, now=now)
    record(
        kind="playbook.stopped",
        actor=actor,
        subject=("customer", run.customer_id),
        reason=reason,
        facts={"run": run.pk},
        now=now,
    )
    run.refresh_from_db()
    return run


def sweep_playbooks(*, now: dt.datetime, limit: int = 5000) -> int:
    """Make the due tasks of open runs and end those that are over; return the runs looked at.

    Two sweeps at once take different runs, and each step makes its task once.
    """
    done = 0
    calendar = calendar_for(SALES_OFFICE)
    while done < limit:
        with transaction.atomic():
            due = PlaybookRun.objects.filter(
                ended_at__isnull=True, next_step_at__lte=now, customer__merged_into__isnull=True
            ).order_by("next_step_at", "pk")
            runs = list(_locked(due, skip_locked=True)[:BATCH])
            for run in runs:
                _advance(run, actor=None, now=now, calendar=calendar)
        if not runs:
            break
        done += len(runs)
    return done


def wake_runs(customer_ids: Iterable[int], *, now: dt.datetime) -> None:
    """Let the next sweep look at the open runs of these customers, who got another owner."""
    PlaybookRun.objects.filter(customer__in=list(customer_ids), ended_at__isnull=True).update(
        next_step_at=now
    )


def tasks_of(run_ids: Iterable[int]) -> Any:
    """Return the tasks that these runs made."""
    runs = PlaybookRun.objects.filter(pk__in=list(run_ids))
    sources = [f"{run.pk}:{step['key']}" for run in runs.only("pk", "steps") for step in run.steps]
    return Task.objects.filter(source=PLAYBOOK, source_id__in=sources)


def plan_of(run: PlaybookRun, calendar: Calendar) -> list[Planned]:
    """Return the steps of a run with their times, in order of the playbook."""
    return [Planned(step, _due(step, run.started_at, calendar)) for step in read_steps(run.steps)]


def _due(step: PlaybookStep, started_at: dt.datetime, calendar: Calendar) -> dt.datetime:
    offset = dt.timedelta(hours=step.offset_hours)
    if step.offset_months:
        started_at = months_after(timezone.localtime(started_at), step.offset_months)
    if step.basis is Basis.WORKING:
        return add_working_time(started_at, offset, calendar).at
    return started_at + offset


def _run(
    playbook: Playbook,
    *,
    customer_id: int,
    lead: Lead | None,
    occurrence: str,
    now: dt.datetime,
) -> PlaybookRun:
    return PlaybookRun(
        playbook=playbook,
        version=playbook.version,
        steps=playbook.steps,
        customer_id=customer_id,
        lead=lead,
        occurrence=occurrence[:80],
        started_at=now,
        next_step_at=now,
    )


def _locked(runs: Any, *, skip_locked: bool = False) -> Any:
    related = runs.select_related("customer__owner__node", "customer__backup", "lead")
    return related.select_for_update(of=("self",), skip_locked=skip_locked)


def _advance(run: PlaybookRun, *, actor: User | None, now: dt.datetime, calendar: Calendar) -> None:
    """Make what is due of a locked run; set when to look again, or that it is over."""
    if run.ended_at is not None:
        return
    states = dict(tasks_of([run.pk]).values_list("source_id", "state"))
    made = {source.partition(":")[2]: state for source, state in states.items()}
    finished = {key for key, state in made.items() if state != TaskState.OPEN.value}
    found = advance(plan_of(run, calendar), made=made, finished=finished, now=now)
    outcomes = {
        _make(run, planned, actor=actor, now=now, calendar=calendar) for planned in found.to_make
    }
    run.ended_at = now if found.is_over else None
    run.next_step_at = found.next_at
    if _Outcome.STRUCK in outcomes:  # what waited for that step may be due now
        run.next_step_at = now
    elif _Outcome.NOBODY in outcomes:
        run.next_step_at = now + RETRY
    run.save(update_fields=["ended_at", "next_step_at"])


def _make(
    run: PlaybookRun,
    planned: Planned,
    *,
    actor: User | None,
    now: dt.datetime,
    calendar: Calendar,
) -> _Outcome:
    """Make the task of a step, where somebody is there to do it; return what became of it.

    A step that would contact who refuses is struck, so that the later ones go on.
    """
    person = person_for(planned.step.role, run.customer)
    if person is None:
        return _Outcome.NOBODY
    due_at = planned.due_at
    if due_at <= now:
        due_at = add_working_time(now, LATE_START, calendar).at
    entry = TaskEntry(
        title=planned.step.title,
        due_at=due_at,
        owner=person,
        customer=run.customer,
        lead=run.lead,
        kind=planned.step.task_kind,
        source=PLAYBOOK,
        source_id=f"{run.pk}:{planned.step.key}",
    )
    if entry.kind in CONTACTS and refuses_contact(run.customer_id):
        strike_task(entry=entry, actor=actor, now=now)
        return _Outcome.STRUCK
    create_task(entry=entry, actor=actor, now=now)
    return _Outcome.MADE
