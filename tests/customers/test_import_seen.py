"""Repeats within a file are found at any length of the file, in a bounded memory."""

import pytest

from crm_site.exchange import tasks
from crm_site.exchange.models import ImportJob, ImportSeen
from crm_site.exchange.services import jobs, running
from customers.importers.customers import CustomerBatcher
from customers.importers.matching import MOST_SHARING
from customers.importers.seen import SeenKeys
from customers.models import Customer, CustomerContact
from tests.customers.importing import causes, checked, imported, set_options, uploaded

PHONE, OTHER = b"p" * 16, b"o" * 16


@pytest.fixture
def job(supervisor, now) -> ImportJob:
    return uploaded(ROWS, actor=supervisor, now=now)


ROWS = [
    ["姓名", "电话", "编号"],
    ["王浩然", "15400000001", "A1"],
    ["王浩然", "15400000001", ""],
    ["李娜", "15400000002", "A2"],
    ["李娜", "15400000002", "A1"],
    ["陈雨桐", "15400000001", ""],
    ["李娜", "", "A2"],
]
COUNTS = {"created": 3, "repeated": 2, "bad": 1}
CAUSES = {"repeated": [3, 7], "identity_conflict": [5], "shared_phone": [6]}


def test_keys_are_found_in_the_order_of_their_rows_and_only_of_this_file(job) -> None:
    found, other = SeenKeys(job.pk), SeenKeys(job.pk + 1)
    found.add([(PHONE, (2, "王浩然")), ("A1", (2, "王浩然"))])
    found.add([(OTHER, (3, "李\\娜\t")), (PHONE, (4, "赵敏")), ("p" * 16, (5, ""))])
    other.add([(PHONE, (9, "陈"))])
    assert found.of([PHONE, OTHER, "A1", "p" * 16, "new", b"new"]) == {
        PHONE: [(2, "王浩然"), (4, "赵敏")],
        OTHER: [(3, "李\\娜\t")],
        "A1": [(2, "王浩然")],
        "p" * 16: [(5, "")],
    }
    found.forget()
    assert (found.of([PHONE]), other.of([PHONE])) == ({}, {PHONE: [(9, "陈")]})


@pytest.mark.parametrize("part", [1, 2, 2000])
def test_a_trial_run_says_the_same_however_the_file_is_cut(
    supervisor, now, monkeypatch, part
) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", part)
    job = checked(uploaded(ROWS, actor=supervisor, now=now), now=now)
    assert (job.state, job.counts, causes(job)) == ("checked", COUNTS, CAUSES)
    assert not ImportSeen.objects.exists()


def test_a_trial_run_goes_on_where_it_was_and_again_from_its_start(
    supervisor, now, monkeypatch
) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", 2)
    job = uploaded(ROWS, actor=supervisor, now=now)
    jobs.start_check(job=job, now=now)
    assert running.check(job_id=job.pk, clock=lambda: now, until=now)
    job.refresh_from_db()
    assert (job.state, job.rows_done, ImportSeen.objects.count()) == ("checking", 2, 3)
    assert running.check(job_id=job.pk, clock=lambda: now, until=now)
    real, calls = CustomerBatcher.check, []

    def broken(self, rows):
        real(self, rows)
        calls.append(rows)
        raise RuntimeError("the worker dies")

    monkeypatch.setattr(CustomerBatcher, "check", broken)
    with pytest.raises(RuntimeError):
        running.check(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (len(calls), job.state, job.rows_done) == (1, "checking", 4)
    monkeypatch.setattr(CustomerBatcher, "check", real)
    for _again in range(2):
        assert not running.check(job_id=job.pk, clock=lambda: now)
        job.refresh_from_db()
        assert (job.state, job.counts, causes(job)) == ("checked", COUNTS, CAUSES)
        assert not ImportSeen.objects.exists()
        jobs.start_check(job=job, now=now)


def test_a_long_trial_run_hands_on_to_a_new_task(job, now, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(tasks.check_import, "delay", sent.append)
    monkeypatch.setattr(tasks, "TURN", -tasks.TURN)
    jobs.start_check(job=job, now=now)
    tasks.check_import(job.pk)
    assert sent == [job.pk]
    tasks.check_import(job.pk)
    job.refresh_from_db()
    assert (sent, job.state, job.counts) == ([job.pk], "checked", COUNTS)


def test_what_a_cancelled_trial_run_kept_is_deleted(supervisor, now, monkeypatch) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", 2)
    job = uploaded(ROWS, actor=supervisor, now=now)
    jobs.start_check(job=job, now=now)
    running.check(job_id=job.pk, clock=lambda: now, until=now)
    assert ImportSeen.objects.exists()
    jobs.cancel(job=job, now=now)
    assert not ImportSeen.objects.exists()


GIVEN = ("嘉怡", "浩然", "梓涵", "雨桐", "思远", "俊杰", "明哲", "文博", "志强", "晓梅")
NAMES = [f"{family}{given}" for family in "王李张刘陈杨黄赵" for given in GIVEN]


def crowd() -> list[list[str]]:
    """Return a file in which everybody has the number that somebody typed to fill the column."""
    return [["姓名", "电话"], *[[name, "15400000001"] for name in NAMES]]


@pytest.mark.parametrize("part", [7, 2000])
def test_the_number_of_a_crowd_is_refused_from_some_point_on(
    supervisor, now, monkeypatch, part
) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", part)
    job = uploaded(crowd(), actor=supervisor, now=now)
    set_options(job)
    dry = checked(job, now=now)
    expected = {"created": MOST_SHARING, "bad": len(NAMES) - MOST_SHARING}
    assert dry.counts == expected
    refused = causes(dry)["number_of_many"]
    assert refused == list(range(MOST_SHARING + 2, len(NAMES) + 2))
    written = imported(crowd(), actor=supervisor, now=now)
    assert written.counts == expected
    assert causes(written)["number_of_many"] == refused
    assert Customer.objects.count() == MOST_SHARING
    assert CustomerContact.objects.filter(kind="phone").count() == MOST_SHARING - 1
    again = imported(crowd(), actor=supervisor, now=now)
    assert again.counts.get("created", 0) == 0
    assert Customer.objects.count() == MOST_SHARING
