"""Every task of ours ends, and is acknowledged, in a way that no worker repeats it (A-52)."""

import pytest
from celery import current_app
from django.conf import settings

from crm_site.exchange import tasks as exchange_tasks
from customers import tasks as customer_tasks

VISIBLE = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
READING = 60  # seconds that the reading before the chunks may take beside WRITING
OURS = ("crm_site.", "customers.", "service.", "analytics.", "marketing.")


def our_tasks():
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if name.startswith(OURS)}


def faults_of(task) -> list[str]:
    """Return what would let this task be run twice or be lost."""
    limit = task.time_limit or settings.CELERY_TASK_TIME_LIMIT
    late = settings.CELERY_TASK_ACKS_LATE if task.acks_late is None else task.acks_late
    rejects = task.reject_on_worker_lost
    rejects = settings.CELERY_TASK_REJECT_ON_WORKER_LOST if rejects is None else rejects
    found = ["too long"] if limit >= VISIBLE / 3 else []
    return found + (["late without reject"] if late and not rejects else [])


@pytest.mark.check("A-52")
def test_no_task_outlives_a_third_of_the_visibility_timeout_or_is_lost_with_its_worker():
    found = our_tasks()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(found)
    assert not {name: faults_of(task) for name, task in found.items() if faults_of(task)}


@pytest.mark.check("A-52")
def test_work_in_chunks_stops_long_before_its_task_is_ended():
    limit = settings.CELERY_TASK_SOFT_TIME_LIMIT
    for tasks in (customer_tasks, exchange_tasks):
        assert tasks.TURN.total_seconds() <= limit - READING
    assert limit - READING >= customer_tasks.WRITING
    assert settings.CELERY_TASK_TIME_LIMIT <= 300


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"time_limit": VISIBLE // 3}, "too long"),
        ({"acks_late": True, "reject_on_worker_lost": False}, "late without reject"),
    ],
)
def test_a_task_declared_otherwise_would_be_found(monkeypatch, options, fault):
    task = our_tasks()["customers.tasks.regrade_customers"]
    for name, value in options.items():
        monkeypatch.setattr(task, name, value)
    assert faults_of(task) == [fault]
