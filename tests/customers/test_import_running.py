"""Killed, repeated, raced and resumed imports."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from crm_site.exchange import tasks
from crm_site.exchange.errors import JobStateError
from crm_site.exchange.models import ImportJob, ImportPart, ImportRowError
from crm_site.exchange.services import jobs, running, upload
from customers.importers import writing
from customers.models import Customer, Lead, SourceEvent
from tests.customers.importing import checked, uploaded, written

HEAD = ["姓名", "电话", "登记时间"]


def leads(count: int) -> list[list[str]]:
    return [HEAD, *[["王浩然", f"154{n:08d}", "2026-05-19"] for n in range(count)]]


@pytest.fixture
def job(executive, now, monkeypatch) -> ImportJob:
    monkeypatch.setattr(upload, "PART_ROWS", 10)
    found = uploaded(leads(35), actor=executive, now=now)
    assert (found.rows_total, found.parts_total) == (35, 4)
    jobs.begin_writing(job=found, now=now, allowed=(ImportJob.State.UPLOADED,))
    return found


class KilledError(BaseException):
    """Stands for a process that ends between two statements."""


@pytest.mark.check("A-51")
def test_a_killed_worker_leaves_whole_parts_and_the_next_one_goes_on(job, now, monkeypatch) -> None:
    real, calls = writing.copy_rows, []

    def copy_until_killed(model, *rest):
        calls.append(model)
        if model is SourceEvent and calls.count(SourceEvent) == 3:
            raise KilledError
        real(model, *rest)

    monkeypatch.setattr(writing, "copy_rows", copy_until_killed)
    with pytest.raises(KilledError):
        running.write(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.parts_done) == ("writing", 20, 2)
    assert Customer.objects.count() == Lead.objects.count() == SourceEvent.objects.count() == 20
    monkeypatch.setattr(writing, "copy_rows", real)
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.counts) == ("done", 35, {"created": 35})
    assert Customer.objects.count() == Lead.objects.count() == SourceEvent.objects.count() == 35


@pytest.mark.check("A-53")
def test_a_task_delivered_twice_writes_once(job) -> None:
    tasks.run_import(job.pk)
    tasks.run_import(job.pk)
    assert Customer.objects.count() == 35


def test_a_turn_that_is_over_hands_on(job, now) -> None:
    assert running.write(job_id=job.pk, clock=lambda: now, until=now) is True
    job.refresh_from_db()
    assert (job.state, job.parts_done) == ("writing", 1)
    assert running.write(job_id=job.pk, clock=lambda: now) is False
    assert Customer.objects.count() == 35


def test_a_customer_written_by_another_session_meanwhile_is_matched_in_a_second_attempt(
    job, now, monkeypatch
) -> None:
    real, failures = writing.write_decisions, []

    def fail_once(plan, decisions):
        if not failures:
            failures.append(1)
            raise IntegrityError("customer_phone_once")
        return real(plan, decisions)

    monkeypatch.setattr("customers.importers.customers.write_decisions", fail_once)
    running.write(job_id=job.pk, clock=lambda: now)
    assert Customer.objects.count() == 35


def test_an_unexpected_failure_is_told_and_can_be_resumed(job, now, monkeypatch) -> None:
    def broken(plan, decisions):
        raise RuntimeError("disk")

    monkeypatch.setattr("customers.importers.customers.write_decisions", broken)
    with pytest.raises(RuntimeError):
        tasks.run_import(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error
    assert not Customer.objects.exists()
    monkeypatch.undo()
    jobs.resume(job=job, now=now)
    tasks.check_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.counts) == ("checked", "", {"created": 35})
    written(job, now=now)
    assert Customer.objects.count() == 35


def test_silent_imports_are_sent_to_a_worker_again(
    job, now, django_capture_on_commit_callbacks, monkeypatch
) -> None:
    sent = []
    monkeypatch.setattr(tasks.run_import, "delay", lambda pk: sent.append(pk))
    monkeypatch.setattr(tasks.run_import, "delay_on_commit", lambda pk: sent.append(pk))
    with pytest.raises(JobStateError):
        jobs.resume(job=job, now=now + timedelta(seconds=30))
    jobs.resume(job=job, now=now + timedelta(minutes=3))
    assert sent == [job.pk]
    with pytest.raises(JobStateError):
        jobs.resume(job=job, now=now + timedelta(minutes=3))


def test_writing_starts_once(executive, now) -> None:
    job = checked(uploaded(leads(3), actor=executive, now=now), now=now)
    jobs.start_writing(job=job, now=now)
    with pytest.raises(JobStateError):
        jobs.start_writing(job=job, now=now)
    with pytest.raises(JobStateError):
        jobs.set_mapping(job=job, mapping=job.mapping, options=job.options, actor=executive)


def test_a_cancelled_import_keeps_what_was_written_and_drops_its_rows(job, now) -> None:
    running.write(job_id=job.pk, clock=lambda: now, until=now)
    jobs.cancel(job=job, now=now)
    assert running.write(job_id=job.pk, clock=lambda: now) is False
    assert Customer.objects.count() == 10
    assert not ImportPart.objects.filter(job=job).exists()
    with pytest.raises(JobStateError):
        jobs.cancel(job=job, now=now)


def test_a_trial_run_repeated_counts_once(executive, now) -> None:
    rows = leads(3)
    rows[2][1] = "1540000"
    job = checked(uploaded(rows, actor=executive, now=now), now=now)
    ImportJob.objects.filter(pk=job.pk).update(state="checking")
    tasks.check_import(job.pk)
    job.refresh_from_db()
    assert job.counts == {"created": 2, "bad": 1}
    assert ImportRowError.objects.filter(job=job).count() == 1


def test_the_sweep_finds_silent_imports_only(job, now, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(tasks.run_import, "delay_on_commit", lambda pk: sent.append(pk))
    assert tasks.resume_imports() == 1  # the heartbeat lies in the past of the test's story
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
    assert tasks.resume_imports() == 0
    assert sent == [job.pk]


@pytest.mark.check("A-31")
def test_no_number_of_the_file_lies_open_in_the_database(executive, now) -> None:
    rows = [["姓名", "电话"], ["王浩然", "15400000001"], ["李娜", "1540000777"], ["x", "y" * 300]]
    job = written(uploaded(rows, actor=executive, now=now), now=now)
    stored = json.dumps(
        [
            list(
                ImportJob.objects.values(
                    "columns", "mapping", "options", "counts", "findings", "error"
                )
            ),
            list(ImportRowError.objects.values()),
        ],
        ensure_ascii=False,
        default=str,
    )
    assert job.counts["bad"] == 2
    assert "1540000" not in stored
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(content::text, '') FROM exchange_importpart")
        content = bytes.fromhex(cursor.fetchone()[0].removeprefix("\\x"))
    assert b"15400000001" not in content
