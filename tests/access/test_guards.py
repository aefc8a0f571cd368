"""Forged forms, reading without traces, and pages that stay out of caches (A-11, A-13)."""

from http.cookies import SimpleCookie

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.knocking import ADDRESSES, ask

pytestmark = pytest.mark.django_db
OWN, OTHERS = "a" * 32, "b" * 32  # the secret of one's own cookie, and of somebody else's
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Written by reading, on purpose: the audit trail, sessions, and what a policy or a questionnaire
# says before anybody changed it.
FIRST_VERSIONS = ("policies_policyversion", "questionnaires_questionnaire")
TRACES = ("audit_", "django_session", *FIRST_VERSIONS)


def addresses(world: World, who: str, methods: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return name, method and address of everything that lets ``who`` in by one of ``methods``."""
    return [
        (name, method, reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model)))
        for name, door in DOORS.items()
        for method in methods
        if method in door.gates
        and door.expected(who, method) <= {200, 201, 204, 302, 400, 409, 422}
    ]


@pytest.mark.check("A-11")
@pytest.mark.parametrize("who", ["supervisor", "sysadmin", "head_office"])
def test_unsafe_requests_without_a_csrf_token_are_refused(world: World, who: str) -> None:
    client = world.clients[who]
    forger = Client(enforce_csrf_checks=True, raise_request_exception=False)
    forger.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    forger.cookies["csrftoken"] = OWN
    no_cookie_counts = {"api:token", "api:signing-callback"}
    asked = [a for a in addresses(world, who, UNSAFE) if a[0] not in no_cookie_counts]
    assert len(asked) > 5
    for name, method, url in asked:
        for headers in ({}, {"origin": "https://evil.example"}, {"x-csrftoken": OTHERS}):
            send = getattr(forger, method.lower())
            assert send(url, headers=headers).status_code == 403, (name, method)


def test_token_needs_no_csrf_token_because_no_cookie_counts(world: World) -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = world.clients["consultant"].cookies
    body = {"username": "nobody", "password": "x"}
    answer = forger.post("/api/v1/auth/token/", body, "application/json")
    assert answer.status_code == 401


@pytest.mark.check("A-11")
@pytest.mark.parametrize("who", ["consultant", "supervisor", "executive", "sysadmin"])
def test_reading_changes_nothing(world: World, who: str) -> None:
    for name, method, url in addresses(world, who, ("GET", "HEAD")):
        reset_queries()  # the log of a connection has room for 9,000
        with CaptureQueriesContext(connection) as queries:
            answer = ask(world.clients[who], method, url)
        assert answer.status_code in DOORS[name].expected(who, method), (name, method)
        written = [
            query["sql"]
            for query in queries
            if query["sql"].split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE")
            and not any(trace in query["sql"] for trace in TRACES)
        ]
        assert written == [], name


@pytest.mark.check("A-13")
@pytest.mark.parametrize("who", ["consultant", "sysadmin"])
def test_no_page_of_a_signed_in_person_may_be_stored(world: World, who: str) -> None:
    for name, method, url in addresses(world, who, ("GET",)):
        if DOORS[name].open_to_all:
            continue
        answer = ask(world.clients[who], method, url)
        assert "no-store" in answer.headers["Cache-Control"], name


@pytest.mark.check("A-13")
def test_second_person_in_one_browser_sees_nothing_of_the_first(world: World) -> None:
    browser = Client()
    url = f"/customers/{world.customer.pk}/"
    for who, found in (("consultant", 200), ("consultant_c", 404), ("consultant", 200)):
        browser.force_login(world.people[who], backend="crm_site.staff.backends.RoleBackend")
        answer = browser.get(url)
        assert answer.status_code == found
        assert ("欧阳文静" in answer.content.decode()) == (found == 200)
    browser.post("/accounts/logout/")
    assert browser.get(url).status_code == 302
