"""A new installation has no account that anybody could know the password of (A-19)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import Client

from crm_site.embedded.keys import new_keys
from crm_site.staff.models import User

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
LIKELY = ("", "admin", "password", "123456", "12345678", "admin123", "anju", "changeme", "root")
SECRETS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "PASSWORD", "TOKEN", "SECRET")


def guessable():
    """Return the accounts that one of the usual passwords, or the own name, opens."""
    return [
        user.username
        for user in User.objects.all()
        if any(check_password(one, user.password) for one in (*LIKELY, user.username))
    ]


@pytest.mark.check("A-19")
def test_a_fresh_database_has_no_account_at_all():
    assert not User.objects.exists()
    assert guessable() == []


@pytest.mark.check("A-19")
def test_a_default_account_would_be_found():
    """Negative control of the scan."""
    User.objects.create_user("admin", password="admin", name="admin", role="sysadmin")
    assert guessable() == ["admin"]


@pytest.mark.check("A-19")
def test_the_first_administrator_comes_by_a_link_that_works_once_and_nobody_else_that_way(capsys):
    call_command("create_first_admin", "root", "--base-url", "https://crm.example/")
    link = capsys.readouterr().out.split("https://crm.example")[1].strip()
    assert not User.objects.get().has_usable_password()
    with pytest.raises(CommandError, match="already"):
        call_command("create_first_admin", "other")
    guest = Client()
    form = guest.get(link)["Location"]
    weak = guest.post(form, {"new_password1": "password", "new_password2": "password"})
    assert weak.context["form"].errors
    strong = {"new_password1": "Blue-boat-42x", "new_password2": "Blue-boat-42x"}
    assert guest.post(form, strong).status_code == 302
    assert Client().get(link).context["validlink"] is False
    login = {"username": "root", "password": "Blue-boat-42x"}
    signed_in = Client()
    assert signed_in.post("/accounts/login/", login).status_code == 302
    second = signed_in.get("/staff/")  # and sets up the second factor before anything opens
    assert second["Location"].startswith("/accounts/second-factor/")
    assert User.objects.count() == 1


@pytest.mark.check("A-19")
def test_no_secret_has_a_value_in_the_files_of_the_repository():
    example = (ROOT / ".env.example").read_text()
    given = re.findall(r"^([A-Z_]+)=(.+)$", example, re.MULTILINE)
    assert [name for name, _value in given if any(word in name for word in SECRETS)] == []
    compose = (ROOT / "docker-compose.yml").read_text()
    values = re.findall(r"^\s*([A-Z_]+): (.*)$", compose, re.MULTILINE)
    for name, value in values:
        if any(word in name for word in SECRETS):
            assert re.fullmatch(r"\$\{[A-Z_]+:(\?.*|-)\}", value), name
    for migration in ROOT.glob("*/**/migrations/*.py"):
        assert not re.search(r"create_user|set_password|make_password", migration.read_text())


@pytest.mark.check("A-19")
def test_the_deploy_check_has_no_warning():
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "PYTEST"))
    } | new_keys()
    environment |= {
        "DJANGO_SETTINGS_MODULE": "crm_site.settings",
        "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "crm.example",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "System check identified no issues (0 silenced).",
    ), done.stderr
