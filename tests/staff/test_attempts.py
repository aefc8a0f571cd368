"""Guessing passwords: five tries an account through whatever door, counted before they are read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from crm_site.staff import attempts
from crm_site.staff.models import LoginTries, User
from crm_site.staff.tasks import forget_tries
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "right-horse-7"  # of every account of the cast
LOGIN, TOKEN, CHANGE, CONFIRM = (
    "/accounts/login/",
    "/api/v1/auth/token/",
    "/accounts/password/",
    "/accounts/confirm/",
)


def log_in(username, password=PASSWORD, ip="10.0.0.1"):
    data = {"username": username, "password": password}
    return Client(REMOTE_ADDR=ip).post(LOGIN, data)


def by_token(username, password=PASSWORD, ip="10.0.0.1"):
    data = {"username": username, "password": password}
    return Client(REMOTE_ADDR=ip).post(TOKEN, data, "application/json")


def move_back(minutes):
    """Let all tries lie ``minutes`` further in the past."""
    for row in LoginTries.objects.all():
        LoginTries.objects.filter(pk=row.pk).update(
            last_at=row.last_at - timedelta(minutes=minutes)
        )


@pytest.mark.check("A-14")
def test_five_wrong_ones_pass_the_sixth_waits_and_the_lock_ends_by_itself(finance, supervisor):
    assert [log_in("finance", "wrong").status_code for _ in range(5)] == [422] * 5
    sixth = log_in("finance")  # the right password
    assert (sixth.status_code, sixth["Retry-After"]) == (429, "900")
    assert "sessionid" not in sixth.cookies
    assert log_in("supervisor").status_code == 302  # others behind the same address
    move_back(14)
    late = log_in("finance")
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 60  # trying while it is locked did not prolong it
    move_back(1.1)
    assert log_in("finance").status_code == 302
    assert not LoginTries.objects.filter(tries__gt=0).exists()
    assert AuditEvent.objects.filter(kind="login.locked").count() == 1


@pytest.mark.check("A-14")
def test_one_account_from_fifty_addresses_is_locked_for_all_of_them(finance):
    answers = [log_in("finance", "wrong", f"10.1.0.{n}").status_code for n in range(50)]
    assert answers == [422] * 5 + [429] * 45
    assert log_in("finance", ip="10.2.0.1").status_code == 429


@pytest.mark.check("A-14")
def test_fifty_accounts_from_one_address_lock_nobody_out_and_raise_one_alarm(
    auditor, secadmin, finance
):
    people = [UserFactory(username=f"seller{n}") for n in range(50)]
    answers = {log_in(one.username, "Winter2026!").status_code for one in people}
    assert answers == {422}
    assert [log_in(one.username).status_code for one in (people[0], finance)] == [302, 302]
    alarm = AuditEvent.objects.get(kind="login.sprayed")
    assert (alarm.ip, alarm.facts) == ("10.0.0.1", {"accounts": 20, "minutes": 15})
    told = Message.objects.filter(kind="login.sprayed")
    assert {message.recipient for message in told} == {auditor, secadmin}


@pytest.mark.check("A-14")
def test_doors_cannot_be_alternated(finance, client_for):
    signed_in = client_for(finance)
    tries = [
        lambda: log_in("finance", "wrong"),
        lambda: by_token("finance", "wrong", "10.9.9.9"),
        lambda: signed_in.post(CHANGE, {"old_password": "wrong"}),
        lambda: signed_in.post(CONFIRM, {"password": "wrong"}),
        lambda: by_token(" ＦＩＮＡＮＣＥ ", "wrong"),  # the same name, spelt otherwise
    ]
    assert [one().status_code for one in tries] == [422, 401, 422, 422, 401]
    locked = [
        log_in("finance"),
        by_token("finance"),
        signed_in.post(CHANGE, {"old_password": PASSWORD}),
        signed_in.post(CONFIRM, {"password": PASSWORD}),
    ]
    assert [answer.status_code for answer in locked] == [429] * 4
    assert all(answer["Retry-After"] == "900" for answer in locked)
    assert locked[1]["Content-Type"] == "application/problem+json"


@pytest.mark.check("A-14")
def test_tries_that_no_form_accepts_count_as_well(finance):
    for _ in range(3):
        assert log_in("finance", "").status_code == 422
    for _ in range(2):
        assert by_token("finance", {"a": 1}).status_code == 400
    assert log_in("finance").status_code == 429
    assert log_in("", "x").status_code == 422  # nobody's name is counted for nobody


def test_success_starts_the_count_anew_and_a_new_link_opens_a_locked_account(finance):
    for _ in range(3):
        assert [log_in("finance", "wrong").status_code for _ in range(4)] == [422] * 4
        assert log_in("finance").status_code == 302
    for _ in range(5):
        log_in("finance", "wrong")
    attempts.forgive(username="finance")
    assert log_in("finance").status_code == 302


def test_old_counts_are_deleted_and_fresh_ones_kept(finance, supervisor):
    log_in("finance", "wrong")
    move_back(24 * 60 + 1)
    log_in("supervisor", "wrong")
    assert forget_tries() == {"deleted": 1}
    assert LoginTries.objects.count() == 1


def test_names_people_type_are_not_kept(finance):
    log_in("my-secret-in-the-wrong-field", "x")
    row = LoginTries.objects.get()
    assert "secret" not in row.key
    assert len(row.key) == 64


def naive_spend(wait):
    """Return a count that looks first and writes afterwards, as a counter in signals does."""

    def spend(*, username, ip, now):
        row = LoginTries.objects.filter(key=username).first()
        wait()
        if row is not None and row.tries >= attempts.LIMIT:
            raise attempts.LockedError(retry_after=1)
        LoginTries.objects.get_or_create(key=username, defaults={"tries": 1, "last_at": now})
        return 1

    return spend


def looks(spend, *, guesses=20):
    """Return how many of ``guesses`` tries at once get to look at a password."""

    def one(_):
        try:
            spend(username="finance", ip="10.0.0.1", now=timezone.now())
        except attempts.LockedError:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(guesses) as pool:
        return sum(pool.map(one, range(guesses)))


@pytest.mark.check("A-14")
@pytest.mark.django_db(transaction=True)
def test_twenty_tries_at_once_get_five_looks():
    start = Barrier(20)

    def counted(**asked):
        start.wait(30)
        return attempts.spend(**asked)

    assert looks(counted) == 5
    # negative control: counting after the look lets all twenty through
    LoginTries.objects.all().delete()
    assert looks(naive_spend(Barrier(20).wait)) == 20


@pytest.mark.check("A-14")
def test_without_the_count_the_right_password_opens_after_any_number_of_tries(finance, monkeypatch):
    """Negative control: the defence is the count and nothing else."""
    monkeypatch.setattr(attempts, "spend", lambda **_: 0)
    assert {log_in("finance", "wrong").status_code for _ in range(9)} == {422}
    assert log_in("finance").status_code == 302
    assert User.objects.get(username="finance").last_login is not None
