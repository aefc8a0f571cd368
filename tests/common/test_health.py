"""The system says by itself what is down, late or missing."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from crm_site.common import checks, health, liveness
from crm_site.common.models import JobRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_signs_of_life():
    with liveness.connect() as client:
        client.delete(*(liveness.KEY.format(part=part) for part in ("worker", "beat")))


def living(part, *, seconds_ago=0, name="one"):
    liveness.sign(part, name, at=time.time() - seconds_ago)


def readyz():
    response = Client().get("/readyz")
    return response.status_code, json.loads(response.content)


def test_healthz_answers_without_any_part(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_every_part_lives():
    living("worker")
    living("beat")
    parts = {"database": "up", "broker": "up", "worker": "up", "beat": "up"}
    assert readyz() == (200, {"status": "ready", "parts": parts})


@pytest.mark.parametrize("part", ["worker", "beat"])
@pytest.mark.parametrize("silent", [None, 61, 3600])
def test_not_ready_when_worker_or_beat_is_silent(part, silent):
    for name in {"worker", "beat"} - {part}:
        living(name)
    if silent:
        living(part, seconds_ago=silent)
    status, body = readyz()
    assert (status, body["status"]) == (503, "not ready")
    assert [name for name, state in body["parts"].items() if state == "down"] == [part]


def test_not_ready_without_broker():
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        status, body = readyz()
    assert status == 503
    assert body["parts"] == {"database": "up", "broker": "down", "worker": "down", "beat": "down"}


def test_not_ready_without_database(monkeypatch):
    living("worker")
    living("beat")
    monkeypatch.setattr(health, "database_is_up", lambda: False)
    status, body = readyz()
    assert status == 503
    assert body["parts"]["database"] == "down"


def test_one_living_worker_is_enough():
    living("beat")
    living("worker", seconds_ago=300, name="gone")
    living("worker", name="here")
    assert readyz()[0] == 200


@pytest.mark.spec("PLT-37")
def test_stopped_worker_is_red_within_two_minutes(sysadmin, client_for):
    client = client_for(sysadmin)
    living("beat")
    living("worker", seconds_ago=5, name="celery@crm")
    JobRun.objects.create(
        name="seal-audit",
        started_at=timezone.now(),
        succeeded_at=timezone.now(),
        outcome="done",
        counts={"sealed": 4},
    )
    fine = client.get("/system/health/")
    assert fine.context["health"].parts["worker"] is True
    assert fine.context["health"].troubles == 0
    html = fine.content.decode()
    assert "celery@crm" in html
    assert "封存 <b>4</b>" in html
    assert "审计日志封存 <code" in html
    assert html.count("运行中") == 6
    assert "banner-red" not in html

    living("worker", seconds_ago=119, name="celery@crm")
    stopped = client.get("/system/health/")

    assert stopped.context["health"].parts["worker"] is False
    html = stopped.content.decode()
    assert "banner-red" in html
    assert html.count("tag-red") == 2  # the part and its process


def test_page_counts_the_queue_and_survives_a_missing_broker(sysadmin, client_for):
    client = client_for(sysadmin)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("celery")
        broker.lpush("celery", "a", "b", "c")
        try:
            assert client.get("/system/health/").context["health"].queue == 3
        finally:
            broker.delete("celery")
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        state = health.examine(now=timezone.now())
    assert (state.queue, state.parts["broker"]) == (None, False)


@pytest.mark.parametrize(
    ("job", "outcome", "minutes", "late"),
    [
        ("seal-audit", "done", 2, False),
        ("seal-audit", "done", 4, True),
        ("seal-audit", "failed", 0, True),
        ("regrade-customers", "done", 10, False),
        ("regrade-customers", "done", 60 * 48, True),
    ],
)
def test_job_is_late_by_its_own_schedule(job, outcome, minutes, late):
    now = timezone.now()
    at = now - timedelta(minutes=minutes)
    JobRun.objects.create(name=job, started_at=at, succeeded_at=at, outcome=outcome)
    found = {job.name: job for job in health.scheduled_jobs(now=now)}
    assert found.keys() == settings.CELERY_BEAT_SCHEDULE.keys()
    assert found[job].is_late is late
    assert not any(other.is_late for name, other in found.items() if name != job)


def test_every_scheduled_task_exists_and_is_logged_under_its_name():
    from celery import current_app

    current_app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in current_app.tasks, name


def test_worker_signs_with_every_heartbeat():
    class Sender:
        class eventer:  # noqa: N801
            hostname = "celery@here"

    liveness.on_worker_heartbeat(sender=Sender)
    assert abs(liveness.signs("worker")["celery@here"] - time.time()) < 5


def test_broker_away_does_not_stop_the_worker(caplog):
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        liveness.sign_or_log("worker", "one")
    assert "no sign of life" in caplog.text


@override_settings(FIELD_KEYS=["zz" * 32, "ab" * 32, "ab"], INDEX_KEY="ab" * 31)
def test_malformed_keys_are_named():
    assert [(error.id, error.msg) for error in checks.keys_are_well_formed()] == [
        ("crm.E002", "FIELD_KEYS: key 1 is not 32 bytes in hex."),
        ("crm.E002", "FIELD_KEYS: key 3 is not 32 bytes in hex."),
        ("crm.E003", "INDEX_KEY is not 32 bytes in hex."),
    ]


def test_index_key_must_differ():
    with override_settings(FIELD_KEYS=["ab" * 32], INDEX_KEY="ab" * 32):
        assert [error.id for error in checks.keys_are_well_formed()] == ["crm.E004"]


@pytest.mark.check("A-52")
def test_task_ends_long_before_it_would_be_delivered_again():
    assert checks.tasks_end_before_redelivery() == []
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_TIME_LIMIT <= 300
    with override_settings(CELERY_TASK_TIME_LIMIT=visible // 3):
        assert [error.id for error in checks.tasks_end_before_redelivery()] == ["crm.E005"]
    with override_settings(CELERY_TASK_REJECT_ON_WORKER_LOST=False):
        assert [error.id for error in checks.tasks_end_before_redelivery()] == ["crm.E006"]


REQUIRED = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL", "REDIS_URL")


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "celery", "-A", "crm_site", "worker", "-c", "1"],
        ["-m", "celery", "-A", "crm_site", "beat"],
        ["-c", "import crm_site.wsgi"],
    ],
    ids=["check", "worker", "beat", "web"],
)
def test_every_missing_variable_is_named_at_once(command, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in REQUIRED}
    environment |= {"DJANGO_SETTINGS_MODULE": "crm_site.settings", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode != 0
    for name in REQUIRED:
        assert name in done.stderr, name


def test_every_job_has_a_name_for_people():
    assert settings.JOB_LABELS.keys() == settings.CELERY_BEAT_SCHEDULE.keys()
