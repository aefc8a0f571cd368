"""Walks every address of the site as everybody with every method (A-01)."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path
from knox.models import AuthToken

from crm_site.staff.models import User
from crm_site.staff.services import deactivate
from tests.access.conftest import World, log_in
from tests.access.doors import DOORS
from tests.access.gates import MAY, Door, Gate, page
from tests.access.knocking import (
    ADDRESSES,
    address_of,
    ask,
    ask_view,
    known,
    walk,
    wrong_answers,
    wrongly_taken,
)
from tests.access.people import ANONYMOUS, METHODS, STAFF
from tests.factories import UserFactory

# What these do depends on the session itself, so nothing may stand for it.
ABOUT_THE_SESSION = {"login", "logout", "password_change", "staff:second-factor"}

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-01")]


def test_every_address_is_in_the_table() -> None:
    assert sorted(ADDRESSES.keys() - DOORS.keys()) == []
    assert sorted(DOORS.keys() - ADDRESSES.keys()) == []


def test_an_address_that_the_table_forgot_is_noticed() -> None:
    forgotten = path("forgotten/", lambda request: HttpResponse(), name="forgotten")
    found = dict(walk([*get_resolver().url_patterns, forgotten]))
    assert found.keys() - DOORS.keys() == {"forgotten"}


@pytest.mark.spec("PLT-02")
@pytest.mark.parametrize("who", sorted(STAFF))
def test_everybody_gets_the_answer_of_the_table(world: World, who: str) -> None:
    with known(world.people[who]) as client:
        wrong = wrong_answers(world, client, who, names=DOORS.keys() - ABOUT_THE_SESSION)
    wrong += wrong_answers(world, world.clients[who], who, names=ABOUT_THE_SESSION)
    wrong += wrongly_taken(world, who)
    assert wrong == [], "\n".join(wrong)


def test_a_stranger_gets_in_by_no_method(world: World) -> None:
    """Nobody sends a survey yet, so its visitor is a stranger too."""
    wrong = wrong_answers(world, world.clients[ANONYMOUS], ANONYMOUS, every_method=True)
    assert wrong == [], "\n".join(wrong)


def test_a_closed_account_is_a_stranger_with_its_old_cookie(world: World) -> None:
    leaver = UserFactory(role="executive", node=world.org.region_east)
    browser = log_in(leaver)
    assert ask(browser, "GET", "/customers/").status_code == 200
    deactivate(user=leaver, actor=world.people["sysadmin"])
    wrong = wrong_answers(world, browser, ANONYMOUS, every_method=True)
    assert wrong == [], "\n".join(wrong)


def test_a_token_opens_the_api_as_its_owner_and_no_page(world: World) -> None:
    _row, token = AuthToken.objects.create(world.people["consultant"])
    program = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    apis = {name for name, door in DOORS.items() if door.is_api}
    wrong = wrong_answers(world, program, "consultant", names=apis, every_method=True)
    wrong += wrong_answers(world, program, ANONYMOUS, names=DOORS.keys() - apis)
    assert wrong == [], "\n".join(wrong)


def test_strangers_are_sent_to_the_login_or_told_to_sign_in(world: World) -> None:
    for name, door in DOORS.items():
        if door.open_to_all:
            continue
        response = ask(world.clients[ANONYMOUS], "GET", address_of(world, name))
        if door.is_api:
            assert response.headers["Content-Type"] == "application/problem+json", name
            assert response.json()["status"] == 401, name
            assert response.headers["WWW-Authenticate"] == "Bearer", name
        else:
            assert response.headers["Location"].startswith("/accounts/login/?next=/"), name


def test_with_the_role_table_switched_off_the_walk_finds_every_door_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the guard the same walk must go red, door by door."""
    shut = {
        name: door
        for name, door in DOORS.items()
        if name.startswith(("customers:customer-", "staff:user-", "api:customer-"))
        and all("marketing" not in MAY[gate.right] for gate in door.gates.values())
    }
    assert len(shut) > 15
    with known(world.people["marketing"]) as client:
        assert wrong_answers(world, client, "marketing", names=shut) == []
        monkeypatch.setattr(User, "has_perm", lambda *_args: True)
        found = wrong_answers(world, client, "marketing", names=shut)
    opened = {line.split(": ")[0].split()[1] for line in found}
    assert opened == shut.keys() - {"api:customer-phone"}  # the role itself has to show numbers
    assert len(found) >= len(opened)


def test_a_view_that_takes_any_method_is_noticed(world: World, monkeypatch: Any) -> None:
    """The control of the methods: a door that the table has as read only, and is not."""
    monkeypatch.setitem(DOORS, "customers:customer-edit", page("change customers", of="customer"))
    found = wrongly_taken(world, "consultant")
    assert [line.split(": ")[0] for line in found] == ["POST customers:customer-edit"]
    assert set(METHODS) - {"GET", "HEAD", "POST"} == {"PUT", "PATCH", "DELETE", "OPTIONS"}
    closed = Door({"GET": Gate("change customers", 200)})
    assert closed.expected("marketing", "PUT") == {405, 403}
    url = f"/customers/{world.customer.pk}/edit/"
    assert ask_view(world.people["consultant"], "PUT", url) == 405
