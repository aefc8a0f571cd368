"""Logs: kept as long as the setting says, and nobody's number or secret in them (A-33)."""

import logging
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from crm_site.common import logs
from crm_site.common.checks import logs_are_kept
from crm_site.common.models import JobRun
from crm_site.common.tasks import forget_old
from crm_site.embedded.keys import new_keys
from tests.factories import CustomerFactory

ROOT = Path(__file__).parents[2]
PHONE, ID, PASSWORD = "13983746152", "11010519491231002X", "Right-horse-7"
TODAY = date(2026, 5, 20)


def files(folder, *ages):
    for age in ages:
        (folder / f"app-{TODAY - timedelta(days=age)}.log").write_text("line\n")


def ages(folder):
    return sorted((TODAY - date.fromisoformat(path.stem[4:])).days for path in folder.glob("*.log"))


@pytest.mark.check("A-33")
@pytest.mark.parametrize("days", [184, 200, 400])
def test_files_are_kept_for_the_days_of_the_setting(days, tmp_path):
    files(tmp_path, 0, 180, 183, 184, 199, 200, 201, 399, 400, 401)
    (tmp_path / "other.txt").write_text("x")
    dropped = logs.drop_old(directory=str(tmp_path), days=days, today=TODAY)
    kept = [age for age in (0, 180, 183, 184, 199, 200, 201, 399, 400, 401) if age <= days]
    assert (ages(tmp_path), dropped) == (kept, 10 - len(kept))
    assert (tmp_path / "other.txt").exists()


@pytest.mark.check("A-33")
@pytest.mark.django_db
@pytest.mark.parametrize("days", [190, 300])
def test_the_job_obeys_the_setting_for_files_and_for_runs_of_jobs(days, tmp_path):
    now = timezone.now()
    for age in (189, 191, 299, 301):
        JobRun.objects.create(
            name="x",
            slot=str(age),
            started_at=now - timedelta(days=age),
            finished_at=now - timedelta(days=age),
            outcome="done",
        )
        day = timezone.localdate(now) - timedelta(days=age)
        (tmp_path / f"app-{day}.log").write_text("line\n")
    with override_settings(LOG_DIR=str(tmp_path), LOG_DAYS=days):
        forget_old()
    kept = [age for age in (189, 191, 299, 301) if age <= days]
    assert sorted(JobRun.objects.filter(name="x").values_list("slot", flat=True)) == [
        str(age) for age in kept
    ]
    assert len(list(tmp_path.glob("*.log"))) == len(kept)


@pytest.mark.check("A-33")
@pytest.mark.parametrize(("days", "troubles"), [(183, 1), (180, 1), (184, 0), (400, 0)])
def test_less_than_six_months_do_not_pass_the_check(days, troubles):
    with override_settings(LOG_DAYS=days):
        assert len(logs_are_kept()) == troubles


@pytest.mark.check("A-33")
@pytest.mark.parametrize(("value", "code"), [("180", 1), ("184", 0)])
def test_the_setting_is_read_from_the_environment_when_the_settings_load(value, code):
    environment = (
        os.environ
        | new_keys()
        | {
            "DJANGO_SETTINGS_MODULE": "crm_site.settings",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "LOG_DAYS": value,
        }
    )
    program = (
        "import django; django.setup(); from django.conf import settings;"
        "from crm_site.common.checks import logs_are_kept;"
        f"assert settings.LOG_DAYS == {value}; raise SystemExit(len(logs_are_kept()))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment)
    assert done.returncode == code


SEEDED = [
    f"customer called from {PHONE}",
    "+86 139 8374 6152 and 139-8374-6152",
    f"identity {ID}, again {ID.lower()}",
    f"login failed: {{'username': 'x', 'password': '{PASSWORD}'}}",
    f"password={PASSWORD}&next=/",
    "Authorization: Bearer 4f1c9a7c1c0de",
    "token: 4f1c9a7c1c0de",
    "Not Found: /accounts/password/MQ/c0ffee-4f1c9a7c1c0de/",
    "Cookie: anju_session=4f1c9a7c1c0de; csrftoken=4f1c9a7c1c0de",
]
SECRETS = ("13983746152", "8374", ID, ID.lower(), PASSWORD, "4f1c9a7c1c0de")


def written(folder, formatter, work):
    """Let ``work`` log through a file with ``formatter``; return what stands in it."""
    handler = logs.DailyFileHandler(str(folder))
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        work()
    finally:
        root.removeHandler(handler)
    return "".join(path.read_text() for path in folder.glob("app-*.log"))


def log_seeded():
    logger = logging.getLogger("crm.test")
    for line in SEEDED:
        logger.warning(line)
        logger.warning("%s", line)
    try:
        raise ValueError(f"Key (phone)=({PHONE}) exists; password={PASSWORD}")
    except ValueError:
        logger.exception("failed for %s", PHONE)


@pytest.mark.check("A-33")
def test_no_number_password_or_token_reaches_a_file(tmp_path):
    text = written(tmp_path, logs.CleanFormatter("%(message)s"), log_seeded)
    assert text.count(logs.HIDDEN) >= 2 * len(SEEDED)
    assert "ValueError" in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.check("A-33")
def test_a_plain_formatter_would_let_all_of_them_through(tmp_path):
    """Negative control: the scan sees what the formatter hides."""
    text = written(tmp_path, logging.Formatter("%(message)s"), log_seeded)
    assert [secret for secret in SECRETS if secret not in text] == []


@pytest.mark.check("A-33")
@pytest.mark.django_db
def test_a_day_of_requests_leaves_no_personal_data_in_the_log(tmp_path, consultant, client_for):
    customer = CustomerFactory(owner=consultant, phone=f"+86{PHONE}")

    def a_day():
        client = client_for(consultant)
        client.raise_request_exception = False
        client.get(f"/customers/{customer.pk}/")
        client.get("/customers/", {"q": PHONE})
        client.get(f"/nothing/{PHONE}/")
        client.get(f"/accounts/password/MQ/c0ffee-{SECRETS[-1]}/")
        client.post("/customers/add/", {"name": "x", "phone": PHONE, "id_number": ID})
        Client().post("/accounts/login/", {"username": PHONE, "password": PASSWORD})
        Client(headers={"Authorization": f"Bearer {SECRETS[-1]}"}).get("/api/v1/customers/")
        Client().post(
            "/api/v1/auth/token/", {"username": "x", "password": PASSWORD}, "application/json"
        )

    text = written(tmp_path, logs.CleanFormatter("%(name)s %(message)s"), a_day)
    assert "Not Found: /nothing/****/" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_ordinary_lines_stay_as_they_are():
    line = "2026-05-20 10:32:00 INFO crm import 15 wrote 20000 rows in 1234567 ms, id 4711"
    assert logs.clean(line) == line


def test_each_day_has_its_file(tmp_path):
    handler = logs.DailyFileHandler(str(tmp_path))
    for age in (0, 86400):
        record = logging.LogRecord("x", logging.INFO, "", 0, "line", None, None)
        record.created = time.time() - age
        handler.emit(record)
    assert len(list(tmp_path.glob("app-*.log"))) == 2


def test_settings_write_to_the_folder_and_hide(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == "crm_site.common.logs.CleanFormatter"
    assert {one["formatter"] for one in settings.LOGGING["handlers"].values()} == {"line"}
    assert settings.CELERY_WORKER_HIJACK_ROOT_LOGGER is False
