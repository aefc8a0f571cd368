"""Roles with a second factor see nothing before it, and each code opens once."""

from base64 import b32decode
from binascii import hexlify

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm_site.audit.models import AuditEvent
from crm_site.staff.second_factor import give_second_factor, reset_second_factor

pytestmark = pytest.mark.django_db

PASSWORD = "right-horse-7"
SECOND = "/accounts/second-factor/"


def code_of(secret, *, drift=0):
    return f"{totp(b32decode(secret), drift=drift):06d}"


def after_password(username):
    client = Client()
    answer = client.post("/accounts/login/", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor", "privacy"])
def test_password_alone_opens_no_page(role, cast):
    give_second_factor(user=cast[role])
    client = after_password(role)
    for path in ("/accounts/password/", "/staff/", "/audit/", "/system/health/", "/customers/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith(SECOND), path
    assert client.get("/audit/", headers={"HX-Request": "true"})["HX-Redirect"].startswith(SECOND)


def test_role_without_second_factor_is_not_asked(finance):
    client = after_password("finance")
    assert client.get("/accounts/password/").status_code == 200
    assert client.get(SECOND).status_code == 302


def test_code_opens_once_and_leads_where_one_wanted_to_go(auditor):
    secret = give_second_factor(user=auditor)
    client = after_password("auditor")
    before = client.session.session_key
    code = code_of(secret)

    answer = client.post(SECOND, {"code": code, "next": "/audit/"})

    assert (answer.status_code, answer["Location"]) == (302, "/audit/")
    assert client.session.session_key != before
    assert client.get("/audit/").status_code == 200
    replay = after_password("auditor")
    refused = replay.post(SECOND, {"code": code})
    assert refused.status_code == 422
    assert replay.get("/audit/").status_code == 302


def test_wrong_code_is_refused_recorded_and_slows_down(auditor):
    secret = give_second_factor(user=auditor)
    client = after_password("auditor")
    right = code_of(secret)
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    assert client.post(SECOND, {"code": wrong}).status_code == 422
    assert client.post(SECOND, {"code": right}).status_code == 422  # throttled: at once after
    kinds = list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["login.succeeded", *["login.second_factor_failed"] * 2]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "12 456", "abcdef"])
def test_what_is_no_code_is_refused_by_the_form(auditor, code):
    give_second_factor(user=auditor)
    client = after_password("auditor")
    assert client.post(SECOND, {"code": code}).status_code == 422
    assert not AuditEvent.objects.filter(kind="login.second_factor_failed").exists()


def test_device_is_set_up_at_the_first_login(auditor):
    client = after_password("auditor")
    page = client.get(SECOND)
    secret = page.context["secret"]
    assert page.context["picture"].startswith("data:image/svg+xml,")
    assert secret in page.content.decode()
    assert not TOTPDevice.objects.exists()

    wrong = client.post(SECOND, {"code": f"{(int(code_of(secret)) + 1) % 10**6:06d}"})
    assert (wrong.status_code, TOTPDevice.objects.count()) == (422, 0)
    done = client.post(SECOND, {"code": code_of(secret)})

    assert done.status_code == 302
    device = TOTPDevice.objects.get(user=auditor, confirmed=True)
    assert device.key == hexlify(b32decode(secret)).decode()
    assert client.get("/audit/").status_code == 200
    assert AuditEvent.objects.filter(kind="staff.second_factor_enrolled").count() == 1


def test_second_device_cannot_be_set_up_by_whoever_knows_the_password(auditor):
    give_second_factor(user=auditor)
    client = after_password("auditor")
    page = client.get(SECOND)
    assert "picture" not in page.context
    session = client.session
    session["second_factor_key"] = "00" * 20
    session.save()
    other = f"{totp(bytes(20)):06d}"
    assert client.post(SECOND, {"code": other}).status_code == 422
    assert TOTPDevice.objects.count() == 1


def test_reset_ends_sessions_and_asks_to_set_up_anew(auditor, secadmin, client_for, now):
    client = client_for(auditor)
    assert client.get("/audit/").status_code == 200

    assert reset_second_factor(user=auditor, actor=secadmin, now=now) is True

    assert client.get("/audit/")["Location"].startswith("/accounts/login/")
    assert "picture" in after_password("auditor").get(SECOND).context


def test_session_api_needs_the_second_factor_too(privacy):
    give_second_factor(user=privacy)
    client = after_password("privacy")
    answer = client.get("/api/v1/customers/")
    assert answer.status_code in {403, 404}
    assert b"results" not in answer.content


def test_page_for_the_code_is_the_only_one_open(auditor):
    give_second_factor(user=auditor)
    client = after_password("auditor")
    assert client.get(SECOND).status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get(reverse("staff:second-factor"))["Location"].startswith("/accounts/login/")
