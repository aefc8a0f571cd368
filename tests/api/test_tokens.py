"""Getting a token, using it, and losing it."""

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import get_token_model

from crm_site.audit.models import AuditEvent
from crm_site.staff.services import deactivate
from tests.api.conftest import Program

PASSWORD = "right-horse-7"  # the password of every account of the cast
WRONG = "User name, password or code do not match."


@pytest.fixture
def stranger():
    return Program(Client(), {"Accept-Language": "en"})


def ask(stranger, user, password=PASSWORD, **more):
    return stranger.post("auth/token/", {"username": user.username, "password": password, **more})


def bearer(token):
    return Program(Client(), {"Authorization": f"Bearer {token}"})


@pytest.mark.spec("PLT-36")
def test_password_gives_a_token_that_opens_the_api(stranger, consultant):
    answer = ask(stranger, consultant)
    assert answer.status_code == 200
    assert answer.json().keys() == {"token"}
    assert bearer(answer.json()["token"]).get("customers/").status_code == 200
    assert AuditEvent.objects.filter(kind="login.succeeded", actor=consultant).count() == 1


@pytest.mark.parametrize("name", ["consultant", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_words(stranger, consultant, name):
    answer = stranger.post("auth/token/", {"username": name, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == WRONG
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert AuditEvent.objects.filter(kind="login.failed").count() == 1
    assert get_token_model().objects.count() == 0


def test_unknown_token_is_refused_with_a_problem_document(db):
    answer = bearer("no-such-token").get("customers/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:anju:problem:unauthorized"


def test_role_with_a_second_factor_needs_its_code(stranger, privacy):
    device = TOTPDevice.objects.create(user=privacy, name="default", confirmed=True)
    assert ask(stranger, privacy).status_code == 401
    device.throttle_reset()
    code = f"{totp(device.bin_key):06d}"
    answer = ask(stranger, privacy, otp=code)
    assert answer.status_code == 200
    assert bearer(answer.json()["token"]).get("customers/").status_code == 200
    assert ask(stranger, privacy, otp=code).status_code == 401  # each code once


def test_role_with_a_second_factor_but_no_device_gets_no_token(stranger, sysadmin):
    assert ask(stranger, sysadmin, otp="123456").status_code == 401
    assert get_token_model().objects.count() == 0


def test_five_wrong_passwords_lock_the_door_even_for_the_right_one(stranger, consultant):
    for _ in range(5):
        ask(stranger, consultant, "wrong")
    answer = ask(stranger, consultant)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert AuditEvent.objects.filter(kind="login.locked").count() == 1


def test_token_of_a_closed_account_is_dead_at_once(stranger, consultant, sysadmin, now):
    token = ask(stranger, consultant).json()["token"]
    deactivate(user=consultant, actor=sysadmin, now=now)
    assert bearer(token).get("customers/").status_code == 401
    assert ask(stranger, consultant).status_code == 401


def test_token_is_refused_while_the_account_is_inactive(stranger, consultant):
    token = ask(stranger, consultant).json()["token"]
    consultant.is_active = False
    consultant.save()
    assert bearer(token).get("customers/").status_code == 401


def test_the_eleventh_token_ends_the_oldest(consultant):
    from crm_site.staff.api import issue_token

    first, *others = [issue_token(consultant) for _ in range(11)]
    assert bearer(first).get("customers/").status_code == 401
    assert [bearer(token).get("customers/").status_code for token in others] == [200] * 10


def test_token_is_not_stored_as_it_is(stranger, consultant):
    token = ask(stranger, consultant).json()["token"]
    stored = get_token_model().objects.get()
    assert token not in {stored.digest, stored.token_key}


@pytest.mark.parametrize(
    "body", [[], "text", 7, {"username": []}, {"username": {"a": 1}, "password": None}]
)
def test_bodies_of_another_shape_are_400(stranger, db, body):
    answer = stranger.client.post("/api/v1/auth/token/", body, content_type="application/json")
    assert answer.status_code == 400
