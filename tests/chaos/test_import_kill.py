"""A real worker killed in the middle of an import and of its revert (A-51); two reverts at once."""

import threading

import pytest
from django.db import connection
from django.utils import timezone
from kombu import Connection

from crm_site.exchange import tasks
from crm_site.exchange.errors import JobStateError
from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, reverting, upload
from customers.models import Customer, Lead, SourceEvent
from tests.chaos.test_kill import broker, kill, programs, wait_for, worker  # noqa: F401 -- fixtures
from tests.customers.importing import uploaded, written

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, PART = 6_000, 300
PARTS = ROWS // PART


@pytest.fixture
def job(executive, monkeypatch):
    """An import of 6,000 rows in 20 parts, ready to be written."""
    monkeypatch.setattr(upload, "PART_ROWS", PART)
    rows = [["姓名", "电话"], *[["王浩然", f"154{n:08d}"] for n in range(ROWS)]]
    found = uploaded(rows, actor=executive, now=timezone.now())
    assert found.parts_total == PARTS
    return found


def send(task, job, broker):  # noqa: F811
    with Connection(broker) as wire:
        task.apply_async((job.pk,), connection=wire)


def parts(job, column):
    return ImportJob.objects.values_list(column, flat=True).get(pk=job.pk)


def killed_in_the_middle(programs, job, column):  # noqa: F811
    """Run a worker until some parts are through, then kill it; return how many they were."""
    first = worker(programs, app="tests.chaos.slow_importer")
    wait_for(lambda: parts(job, column) >= 3, 90)
    kill(first)
    at_kill = parts(job, column)
    assert 3 <= at_kill < PARTS
    return at_kill


@pytest.mark.check("A-51")
def test_a_killed_worker_neither_loses_nor_doubles_a_row_and_its_revert_leaves_none(
    job,
    broker,  # noqa: F811
    programs,  # noqa: F811
):
    jobs.begin_writing(job=job, now=timezone.now(), allowed=("uploaded",))
    send(tasks.run_import, job, broker)
    at_kill = killed_in_the_middle(programs, job, "parts_done")
    assert Customer.objects.count() == at_kill * PART  # whole parts, nothing of the broken one
    second = worker(programs, app="tests.chaos.slow_importer")  # the lost message comes back
    wait_for(lambda: parts(job, "state") == "done", 120)
    for table in (Customer, Lead, SourceEvent):
        assert table.objects.count() == ROWS
    assert Customer.objects.values("phone_index").distinct().count() == ROWS
    assert parts(job, "counts") == {"created": ROWS}
    kill(second)

    job.refresh_from_db()
    reverting.start_revert(job=job, actor=job.author, now=timezone.now())
    send(tasks.revert_import, job, broker)
    at_kill = killed_in_the_middle(programs, job, "parts_reverted")
    assert Customer.objects.count() == (PARTS - at_kill) * PART
    worker(programs, app="tests.chaos.slow_importer")
    wait_for(lambda: parts(job, "state") == "reverted", 120)
    for table in (Customer, Lead, SourceEvent):
        assert not table.objects.exists()
    assert parts(job, "revert_counts") == {"removed": ROWS}


def at_once(work):
    """Run ``work`` in two threads; return what it gave or raised, in no order."""
    barrier, outcomes = threading.Barrier(2), []

    def run():
        try:
            barrier.wait(10)
            outcomes.append(work())
        except JobStateError as error:
            outcomes.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_two_reverts_at_once_start_one_and_take_each_row_back_once(job, monkeypatch):
    monkeypatch.setattr(tasks.revert_import, "delay_on_commit", lambda _pk: None)
    written(job, now=timezone.now())
    assert Customer.objects.count() == ROWS

    def start():
        found = ImportJob.objects.select_related("author").get(pk=job.pk)
        reverting.start_revert(job=found, actor=found.author, now=timezone.now())

    assert sorted(map(str, at_once(start))) == sorted(map(str, [None, JobStateError]))
    outcomes = at_once(lambda: reverting.revert(job_id=job.pk, clock=timezone.now))
    assert outcomes == [False, False]
    job.refresh_from_db()
    assert (job.state, job.parts_reverted) == ("reverted", PARTS)
    assert job.revert_counts == {"removed": ROWS}
    assert not Customer.objects.exists()
