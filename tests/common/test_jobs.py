"""A slot of a job runs once, also with two beats, and again after a crash."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from crm_site.common.jobs import LEASE, claim_slot, forget_runs, job, last_success, run_once
from crm_site.common.models import JobRun

pytestmark = pytest.mark.django_db


def make_row():
    Group.objects.create(name=f"row {Group.objects.count()}")
    return {"rows": 1}


def test_slot_runs_once(now):
    ran = [run_once(name="grade", slot="2026-05-20", now=now, work=make_row) for _ in range(3)]
    assert ran == [True, False, False]
    assert Group.objects.count() == 1
    run = JobRun.objects.get()
    assert (run.outcome, run.counts) == ("done", {"rows": 1})
    assert last_success("grade") == run.succeeded_at


def test_next_slot_runs_again(now):
    for slot in ("2026-05-20", "2026-05-21"):
        run_once(name="grade", slot=slot, now=now, work=make_row)
    assert Group.objects.count() == 2


def test_failed_slot_is_logged_and_taken_again(now):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_once(name="grade", slot="s", now=now, work=fail)
    run = JobRun.objects.get()
    assert (run.outcome, run.error, run.succeeded_at) == ("failed", "ZeroDivisionError", None)

    assert run_once(name="grade", slot="s", now=now, work=make_row) is True
    run.refresh_from_db()
    assert (run.outcome, run.error) == ("done", "")


def test_slot_of_a_dead_process_is_taken_over_after_its_lease(now):
    assert claim_slot(name="grade", slot="s", now=now) is True
    assert claim_slot(name="grade", slot="s", now=now + LEASE) is False
    later = now + LEASE + timedelta(seconds=1)
    assert claim_slot(name="grade", slot="s", now=later) is True
    assert claim_slot(name="grade", slot="s", now=later) is False


@pytest.mark.django_db(transaction=True)
def test_two_processes_claim_a_slot_once(now):
    both = threading.Barrier(4, timeout=10)
    claimed = []

    def claim():
        try:
            both.wait()
            claimed.append(claim_slot(name="grade", slot="s", now=now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [False, False, False, True]


def test_sweep_keeps_only_its_last_run_and_its_last_success():
    results = iter([{"done": 3}, ZeroDivisionError, 7])

    @job("sweep")
    def sweep():
        result = next(results)
        if result is ZeroDivisionError:
            raise result
        return result

    assert sweep() == {"done": 3}
    first = JobRun.objects.get()
    with pytest.raises(ZeroDivisionError):
        sweep()
    failed = JobRun.objects.get()
    assert (failed.outcome, failed.succeeded_at) == ("failed", first.succeeded_at)
    assert sweep() == 7
    last = JobRun.objects.get()
    assert (last.outcome, last.counts) == ("done", {"count": 7})
    assert last.succeeded_at > first.succeeded_at


def test_old_slots_are_forgotten_and_sweeps_kept(now):
    run_once(name="grade", slot="s", now=now, work=make_row)
    job("sweep")(make_row)()
    later = JobRun.objects.get(slot="s").finished_at + timedelta(seconds=1)
    assert forget_runs(before=later) == 1
    assert list(JobRun.objects.values_list("name", flat=True)) == ["sweep"]
