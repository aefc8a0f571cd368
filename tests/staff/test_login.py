"""Signing in and out: one answer for all failures, the lock, sessions that end."""

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.test import Client, override_settings
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.staff import services, sessions

pytestmark = pytest.mark.django_db

PASSWORD = "right-horse-7"
FRESH = "New-horse-77"
LOGIN = "/accounts/login/"


def log_in(client, username, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def kinds():
    return list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))


def is_signed_in(client):
    return client.get("/accounts/password/").status_code == 200


def age(client, seconds, *, started=None):
    """Let the session look as if it had last been used ``seconds`` ago."""
    session = client.session
    session[sessions.SEEN] -= seconds
    session[sessions.STARTED] -= seconds if started is None else started
    session.save()


@pytest.mark.check("A-16")
def test_login_starts_a_new_session_and_is_recorded(client, finance):
    client.get(LOGIN)
    before = client.session.session_key

    response = log_in(client, "finance")

    assert response.status_code == 302
    assert client.session.session_key != before
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor_id, event.ip) == ("login.succeeded", finance.pk, "127.0.0.1")


def test_login_leads_home_by_role(client, engineering):
    assert log_in(client, "engineering")["Location"] == reverse("outbox:notification-list")


def test_login_never_leads_to_another_site(client, finance):
    response = client.post(
        LOGIN, {"username": "finance", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert "evil" not in response["Location"]


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.ScryptPasswordHasher"])
def test_known_and_unknown_user_get_the_same_answer_for_the_same_work(client, finance, monkeypatch):
    finance.set_password(PASSWORD)
    finance.save()
    hashed = []
    encode = ScryptPasswordHasher.encode
    monkeypatch.setattr(
        ScryptPasswordHasher,
        "encode",
        lambda self, *args, **options: hashed.append(1) or encode(self, *args, **options),
    )
    answers, work = {}, {}
    for username in ("finance", "nobody1"):
        hashed.clear()
        response = log_in(client, username, "wrong")
        body = response.content.decode().replace(username, "USER")
        token = response.context["csrf_token"]
        answers[username] = (response.status_code, body.replace(str(token), ""))
        work[username] = len(hashed)
    assert answers["finance"] == answers["nobody1"]
    assert answers["finance"][0] == 422
    assert work == {"finance": 1, "nobody1": 1}


def test_closed_account_gets_the_answer_of_a_wrong_password(client, finance, sysadmin, now):
    wrong = log_in(client, "finance", "wrong")
    services.deactivate(user=finance, actor=sysadmin, now=now)
    closed = log_in(client, "finance")
    assert (closed.status_code, closed.context["form"].errors) == (
        wrong.status_code,
        wrong.context["form"].errors,
    )


def test_failed_login_is_recorded_without_what_was_typed(client, finance):
    log_in(client, "finance", "wrong")
    log_in(client, "my-secret-typed-in-the-wrong-field", "x")

    known, unknown = AuditEvent.objects.order_by("id")
    assert (known.kind, known.subject_id) == ("login.failed", str(finance.pk))
    assert (unknown.kind, unknown.subject_id, unknown.facts) == ("login.failed", "", {})


def test_sixth_try_is_refused_even_with_the_right_password(client, finance, supervisor):
    answers = [log_in(client, "finance", "wrong").status_code for _ in range(5)]
    sixth = log_in(client, "finance")

    assert answers == [422] * 5
    assert sixth.status_code == 429
    assert int(sixth["Retry-After"]) == 15 * 60
    assert "_auth_user_id" not in client.session
    assert kinds().count("login.locked") == 1
    # others behind the same address are not locked out
    assert log_in(Client(), "supervisor").status_code == 302


@pytest.mark.check("A-16")
def test_logout_kills_the_session_on_the_server(client, finance):
    log_in(client, "finance")
    stolen = Client()
    stolen.cookies = client.cookies.copy()
    assert is_signed_in(stolen)

    client.post("/accounts/logout/")

    assert not is_signed_in(stolen)
    assert not is_signed_in(client)
    assert kinds() == ["login.succeeded", "login.ended"]


def test_logout_by_link_is_refused(client, finance):
    log_in(client, "finance")
    assert client.get("/accounts/logout/").status_code == 405
    assert is_signed_in(client)


@pytest.mark.check("A-16")
@pytest.mark.parametrize(
    ("idle", "old", "alive"),
    [
        (29 * 60, 29 * 60, True),
        (31 * 60, 31 * 60, False),
        (60, 12 * 3600 - 60, True),
        (60, 12 * 3600 + 60, False),
    ],
)
def test_session_ends_when_idle_or_old(client, finance, idle, old, alive):
    log_in(client, "finance")
    age(client, idle, started=old)

    assert is_signed_in(client) is alive
    assert ("_auth_user_id" in client.session) is alive


@pytest.mark.check("A-16")
def test_without_the_look_at_the_stamps_an_old_session_opens(client, finance, monkeypatch):
    """Negative control."""
    log_in(client, "finance")
    age(client, 13 * 3600)
    monkeypatch.setattr("crm_site.staff.middleware.end_if_over", lambda *_, **__: False)
    assert is_signed_in(client)


@pytest.mark.check("A-16")
def test_polling_does_not_keep_a_session_alive(client, finance):
    log_in(client, "finance")
    age(client, 20 * 60)
    assert client.get(reverse("outbox:bell"), headers={"HX-Request": "true"}).status_code == 200
    age(client, 11 * 60)
    poll = client.get(reverse("outbox:bell"), headers={"HX-Request": "true"})
    assert poll.status_code == 401
    assert poll["HX-Redirect"].startswith(LOGIN)
    assert poll.content == b""


def test_use_keeps_a_session_alive_until_the_absolute_limit(client, finance):
    log_in(client, "finance")
    age(client, 20 * 60)
    assert is_signed_in(client)
    age(client, 20 * 60)
    assert is_signed_in(client)
    age(client, 60, started=12 * 3600 - 40 * 60 - 5)
    assert is_signed_in(client)
    assert client.session.get_expiry_age() <= 5


def test_password_change_ends_other_sessions_and_keeps_this_one(client, finance):
    log_in(client, "finance")
    other = Client()
    log_in(other, "finance")

    wrong = client.post(
        "/accounts/password/",
        {"old_password": "no", "new_password1": FRESH, "new_password2": FRESH},
    )
    assert wrong.status_code == 422
    done = client.post(
        "/accounts/password/",
        {
            "old_password": PASSWORD,
            "new_password1": FRESH,
            "new_password2": "New-horse-77",
        },
    )

    assert done.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert kinds()[-1] == "staff.password_set"
