"""Critical acts ask again who one is, and a code of the second factor opens once (A-17)."""

from base64 import b32decode
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm_site.approvals.models import Approval
from crm_site.audit.models import AuditEvent
from crm_site.exchange.export_models import ExportJob
from crm_site.policies.models import PolicyVersion
from crm_site.staff import sessions
from crm_site.staff.confirmation import CRITICAL
from crm_site.staff.models import User
from crm_site.staff.second_factor import give_second_factor
from customers.exporting import COLUMNS
from tests.access.test_doors import walk
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
PASSWORD = "right-horse-7"
CONFIRM, SECOND = "/accounts/confirm/", "/accounts/second-factor/"

# Every address that acts only for whoever proved it just now, written out by hand.
GUARDED = {
    "staff:user-add": {"POST"},
    "staff:user-role": {"POST"},
    "staff:user-place": {"POST"},
    "staff:user-deactivate": {"POST"},
    "staff:user-reactivate": {"POST"},
    "staff:user-second-factor-reset": {"POST"},
    "staff:user-password-link": {"POST"},
    "exports:export-start": {"POST"},
    "exports:export-change": {"POST"},
    "exports:export-file": {"GET", "HEAD"},
    "exchange:import-errors": {"GET", "HEAD"},
    "customers:bulk-reasons": {"GET", "HEAD"},
    "approvals:approval-sign": {"POST"},
    "policies:policy-approve": {"POST"},
}


def let_pass(client: Client, time: timedelta) -> None:
    """Let ``time`` pass since the person proved who it is."""
    session: SessionBase = client.session
    session[sessions.CONFIRMED] = (timezone.now() - time).timestamp()
    session.setdefault(sessions.STARTED, timezone.now().timestamp())
    session.setdefault(sessions.SEEN, timezone.now().timestamp())
    session.save()


def stale(client_for, user: User) -> Client:
    client = client_for(user)
    let_pass(client, timedelta(minutes=5, seconds=1))
    return client


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def role_change(client: Client, person: User):
    data = {"role": "marketing", "reason": "new post"}
    page = reverse("staff:user-detail", args=[person.pk])
    return client.post(
        reverse("staff:user-role", args=[person.pk]),
        data,
        headers={"Referer": f"http://testserver{page}"},
    )


@pytest.mark.check("A-17")
def test_guarded_addresses_are_those_of_the_table():
    found = {}
    for name, callback in views(get_resolver().url_patterns):
        methods = critical_methods(callback)
        if methods:
            found[name] = set(methods)
    assert found == GUARDED
    assert set(GUARDED) <= set(dict(walk(get_resolver().url_patterns)))


def views(patterns, namespace=""):
    for entry in patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from views(entry.url_patterns, inner)
        else:
            yield f"{namespace}{entry.name}", entry.callback


def critical_methods(view):
    """Return what the guard around ``view`` watches, however many decorators lie around it."""
    while view is not None:
        if hasattr(view, CRITICAL):
            return getattr(view, CRITICAL)
        view = getattr(view, "__wrapped__", None)
    return None


@pytest.mark.check("A-17")
def test_a_role_is_changed_only_by_whoever_proved_it_within_five_minutes(
    secadmin, finance, client_for
):
    secret = give_second_factor(user=secadmin)
    client = stale(client_for, secadmin)

    asked = role_change(client, finance)

    page = reverse("staff:user-detail", args=[finance.pk])
    assert (asked.status_code, asked["Location"]) == (302, f"{CONFIRM}?next={quoted(page)}")
    assert User.objects.get(pk=finance.pk).role == "finance"
    assert kinds() == ["access.confirmation_asked"]
    event = AuditEvent.objects.get()
    assert (event.actor, event.facts["view"]) == (secadmin, "staff:user-role")

    wrong = client.post(CONFIRM, {"code": "000000", "next": page})
    assert wrong.status_code == 422
    assert role_change(client, finance).status_code == 302
    assert User.objects.get(pk=finance.pk).role == "finance"
    TOTPDevice.objects.get(user=secadmin).throttle_reset()

    code = f"{totp(b32decode(secret)):06d}"
    right = client.post(CONFIRM, {"code": code, "next": page})
    assert (right.status_code, right["Location"]) == (302, page)
    assert role_change(client, finance)["Location"] == page
    assert User.objects.get(pk=finance.pk).role == "marketing"
    assert "access.confirmed" in kinds()
    assert "access.confirmation_failed" in kinds()

    let_pass(client, timedelta(minutes=6))  # the same code within its half minute opens no more
    replay = client.post(CONFIRM, {"code": code, "next": page})
    assert replay.status_code == 422


def quoted(path: str) -> str:
    return path.replace("/", "%2F")


@pytest.mark.check("A-17")
def test_four_minutes_are_fresh_and_signing_in_counts(secadmin, finance, client_for):
    client = client_for(secadmin)
    let_pass(client, timedelta(minutes=4, seconds=50))
    assert role_change(client, finance).status_code == 302
    assert User.objects.get(pk=finance.pk).role == "marketing"
    fresh = Client()
    fresh.post("/accounts/login/", {"username": "finance", "password": PASSWORD})
    age = timezone.now().timestamp() - fresh.session[sessions.CONFIRMED]
    assert 0 <= age < 60


@pytest.mark.check("A-17")
def test_roles_without_second_factor_confirm_by_password(supervisor, executive, client_for):
    CustomerFactory(owner=supervisor)
    client = stale(client_for, supervisor)
    data = {"reason": "月度复盘", "columns": [c.key for c in COLUMNS], "idempotency_key": "k1"}
    start = "/exports/new/customers/"

    part = client.post(start, data, headers={"HX-Request": "true"})
    assert (part.status_code, part.content) == (204, b"")
    assert part["HX-Redirect"].startswith(CONFIRM)
    assert not ExportJob.objects.exists()

    assert client.post(CONFIRM, {"password": "wrong", "next": start}).status_code == 422
    assert client.post(CONFIRM, {"password": PASSWORD, "next": start})["Location"] == start
    assert client.post(start, data).status_code == 302
    assert ExportJob.objects.count() == 1

    boss = stale(client_for, executive)
    approval = Approval.objects.get()
    sign = reverse("approvals:approval-sign", args=[approval.pk])
    assert boss.post(sign, {"digest": approval.digest})["Location"].startswith(CONFIRM)
    approval.refresh_from_db()
    assert approval.state == "waiting"
    let_pass(client, timedelta(minutes=6))
    file = reverse("exports:export-file", args=[ExportJob.objects.get().pk])
    assert client.get(file)["Location"] == f"{CONFIRM}?next={quoted(file)}"


@pytest.mark.check("A-17")
@pytest.mark.parametrize("name", sorted(GUARDED))
def test_every_guarded_address_sends_a_stale_session_away_and_changes_nothing(
    name, cast, client_for
):
    who = {"staff": "secadmin", "exports": "executive", "approvals": "executive"}
    who |= {"exchange": "supervisor", "customers": "supervisor"}
    user = cast[who.get(name.split(":")[0], "head_office")]
    args = {
        "user_id": cast["finance"].pk,
        "export_id": 1,
        "approval_id": 1,
        "list_key": "customers",
    }
    args |= {"key": "capture.mandatory", "version": 1, "job_id": 1, "change_id": 1, "kind": "csv"}
    wanted = dict(walk(get_resolver().url_patterns))[name]
    client = stale(client_for, user)
    before = list(User.objects.order_by("pk").values())
    url = reverse(name, kwargs={key: args[key] for key in wanted})
    for method in GUARDED[name]:
        answer = getattr(client, method.lower())(url)
        assert answer["Location"].startswith(CONFIRM), (name, method)
    assert list(User.objects.order_by("pk").values()) == before
    assert not PolicyVersion.objects.filter(version__gt=1).exists()
    assert AuditEvent.objects.filter(kind="access.confirmation_asked").exists()


@pytest.mark.check("A-17")
def test_an_api_token_takes_the_password_each_time(finance, client_for):
    """A session, however fresh, gives no token: there is no address that would."""
    answer = client_for(finance).post("/api/v1/auth/token/", {}, "application/json")
    assert answer.status_code == 400


@pytest.mark.check("A-17")
def test_a_session_that_no_login_page_began_has_proved_nothing(secadmin, finance, client_for):
    client = client_for(secadmin)
    session = client.session
    del session[sessions.CONFIRMED]
    session.save()
    assert sessions.STARTED not in client.session
    assert client.get("/staff/").status_code == 200
    assert role_change(client, finance)["Location"].startswith(CONFIRM)
    assert User.objects.get(pk=finance.pk).role == "finance"


@pytest.mark.check("A-17")
def test_without_the_guard_a_stale_session_changes_a_role(
    secadmin, finance, client_for, monkeypatch
):
    """Negative control: only the age of the proof stands between the two."""
    client = stale(client_for, secadmin)
    monkeypatch.setattr(sessions, "is_confirmed", lambda *_, **__: True)
    role_change(client, finance)
    assert User.objects.get(pk=finance.pk).role == "marketing"


@pytest.mark.check("A-17")
def test_a_code_opens_once_and_without_that_memory_twice(auditor, monkeypatch):
    """Half of it is the negative control: a device that forgets its last code."""
    secret = give_second_factor(user=auditor)
    code = f"{totp(b32decode(secret)):06d}"

    def opens() -> bool:
        client = Client()
        client.post("/accounts/login/", {"username": "auditor", "password": PASSWORD})
        TOTPDevice.objects.get(user=auditor).throttle_reset()
        client.post(SECOND, {"code": code})
        return client.get("/audit/").status_code == 200

    assert [opens(), opens()] == [True, False]

    def forgetful(self, token):
        return str(token) == code

    monkeypatch.setattr(TOTPDevice, "verify_token", forgetful)
    assert opens()


def test_the_page_leads_nowhere_else(finance, client_for):
    client = client_for(finance)
    answer = client.post(CONFIRM, {"password": PASSWORD, "next": "https://evil.example/"})
    assert "evil" not in answer["Location"]
    page = client.get(CONFIRM, {"next": "https://evil.example/"})
    assert page.context["next"] == "/"
    assert 'href="https://evil' not in page.content.decode()
