"""Tasks: made once, finished once, put off, passed on (CUS-44)."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from customers.models import Task, TaskEvent
from customers.services.reminders import sweep_tasks
from customers.services.tasks import (
    TaskEntry,
    TaskNotOpenError,
    cancel_task,
    complete_task,
    create_task,
    postpone_task,
    reassign_task,
    reopen_task,
)
from tests.factories import CustomerFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make(consultant, now, **more):
    values = {
        "title": "电话回访",
        "due_at": now + DAY,
        "owner": consultant,
        "customer": CustomerFactory(owner=consultant),
    } | more
    return create_task(entry=TaskEntry(**values), actor=consultant, now=now)


def events(task):
    return list(TaskEvent.objects.filter(task=task).order_by("pk").values_list("kind", flat=True))


def test_the_same_source_makes_one_task(consultant, now):
    first = make(consultant, now, source="playbook", source_id="7")
    second = make(consultant, now, source="playbook", source_id="7", title="另一件")
    assert second.pk == first.pk
    assert Task.objects.get().title == "电话回访"
    assert events(first) == ["created"]


@pytest.mark.parametrize(
    ("more", "field"), [({"title": " "}, "title"), ({"due_at": None}, "due_at")]
)
def test_nothing_to_do_or_no_future_is_refused(consultant, now, more, field):
    more = {"due_at": now} if field == "due_at" else more
    with pytest.raises(ValidationError) as refused:
        make(consultant, now, **more)
    assert list(refused.value.message_dict) == [field]
    assert Task.objects.count() == 0


def test_done_is_said_once_and_the_second_is_told(consultant, consultant_b, now):
    task = make(consultant, now)
    stale = Task.objects.get(pk=task.pk)
    complete_task(task=task, outcome="已发", actor=consultant, now=now + HOUR)
    with pytest.raises(TaskNotOpenError) as refused:
        complete_task(task=stale, outcome="我也发了", actor=consultant_b, now=now + 2 * HOUR)
    assert refused.value.task.outcome == "已发"
    stored = Task.objects.get()
    assert (stored.state, stored.done_at, stored.outcome) == ("done", now + HOUR, "已发")
    assert stored.next_step_at is None
    assert events(task) == ["created", "done"]


def test_undo_brings_the_task_and_its_reminders_back(consultant, now):
    task = make(consultant, now)
    armed = task.next_step_at
    complete_task(task=task, actor=consultant, now=now + HOUR)
    reopen_task(task=task, actor=consultant, now=now + HOUR)
    assert (task.state, task.done_at, task.outcome) == ("open", None, "")
    assert task.next_step_at == armed
    assert events(task) == ["created", "done", "reopened"]
    with pytest.raises(TaskNotOpenError):
        reopen_task(task=task, actor=consultant, now=now + HOUR)


def test_undo_of_an_overdue_task_does_not_tell_again(consultant, now):
    task = make(consultant, now, due_at=now + HOUR)
    assert sweep_tasks(now=now + 2 * HOUR).messages == 1
    complete_task(task=task, actor=consultant, now=now + 2 * HOUR)
    reopen_task(task=task, actor=consultant, now=now + 2 * HOUR)
    assert sweep_tasks(now=now + 2 * HOUR).messages == 0


def test_putting_off_starts_a_new_occurrence_later_than_now(consultant, now):
    task = make(consultant, now)
    with pytest.raises(ValidationError):
        postpone_task(task=task, due_at=now + HOUR, actor=consultant, now=now + HOUR)
    assert Task.objects.get().occurrence == 1
    postpone_task(task=task, due_at=now + 3 * DAY, reason="客户出差", actor=consultant, now=now)
    assert (task.due_at, task.occurrence, task.step) == (now + 3 * DAY, 2, 0)
    assert events(task) == ["created", "postponed"]
    assert "客户出差" in TaskEvent.objects.latest("pk").note


def test_passing_on_keeps_the_time(consultant, consultant_b, supervisor, now):
    task = make(consultant, now)
    due_at = task.due_at
    reassign_task(task=task, owner=consultant_b, reason="休假", actor=supervisor, now=now)
    assert (task.owner, task.due_at) == (consultant_b, due_at)
    assert TaskEvent.objects.latest("pk").note == f"{consultant.pk} → {consultant_b.pk} 休假"


def test_withdrawn_is_not_done(consultant, now):
    task = make(consultant, now)
    cancel_task(task=task, reason="客户已购", actor=consultant, now=now)
    assert (task.state, task.done_at, task.next_step_at) == ("cancelled", None, None)
    with pytest.raises(TaskNotOpenError):
        postpone_task(task=task, due_at=now + DAY, actor=consultant, now=now)
    with pytest.raises(TaskNotOpenError):
        reassign_task(task=task, owner=consultant, actor=consultant, now=now)
    assert events(task) == ["created", "cancelled"]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_finish_at_once_one_does(consultant, now):
    task = make(consultant, now)
    barrier, outcomes = threading.Barrier(6), []

    def finish():
        try:
            mine = Task.objects.get(pk=task.pk)
            barrier.wait(10)
            complete_task(task=mine, actor=consultant, now=now)
            outcomes.append("done")
        except TaskNotOpenError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", *["told"] * 5]
    assert events(task) == ["created", "done"]
