"""Rights taken away: the same browser meets the doors of what the person is now (A-07)."""

from typing import Any

import pytest
from django.test import Client

from crm_site.staff.models import User
from crm_site.staff.services import change_role, deactivate, move_user
from tests.access.conftest import World, log_in
from tests.access.doors import DOORS
from tests.access.knocking import ask, known, wrong_answers
from tests.access.people import ANONYMOUS
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-07")]
PAGE, API = "/customers/{}/", "/api/v1/customers/{}/"


@pytest.fixture
def mover(world: World) -> User:
    """An executive of the region, who sees the record of the world and much more."""
    found: User = UserFactory(role="executive", node=world.org.region_east)
    return found


def unlike(world: World, user: User, who: str) -> list[str]:
    """Return every door at which ``user`` gets another answer than ``who``."""
    with known(User.objects.select_related("node").get(pk=user.pk)) as client:
        return wrong_answers(world, client, who, names=WITHOUT_OWN)


# Files, approvals and saved views belong to whoever made them, so nobody has them by role.
OWN = {"import", "export", "approval", "own approval", "notification", "bulk", "view", "file"}
WITHOUT_OWN = {
    name
    for name, door in DOORS.items()
    if door.of not in OWN and name not in {"login", "logout", "password_change"}
    and not name.startswith("staff:second")
}  # fmt: skip


def test_one_person_meets_the_doors_of_each_role_in_turn(world: World, mover: User) -> None:
    """Executive, then specialist of a project, then consultant of another: each time all doors."""
    boss = world.people["sysadmin"]
    assert unlike(world, mover, "executive") == []
    assert unlike(world, mover, "specialist") != []
    change_role(user=mover, role="specialist", actor=boss)
    move_user(user=mover, node=world.org.project_one.node, actor=boss)
    assert unlike(world, mover, "specialist") == []
    change_role(user=mover, role="consultant", actor=boss)
    move_user(user=mover, node=world.org.team_b, actor=boss)
    assert unlike(world, mover, "consultant_c") == []


def test_another_team_counts_with_the_next_request_of_the_same_session(world: World) -> None:
    leader = UserFactory(role="supervisor", node=world.org.team_a)
    browser = log_in(leader)
    urls = [path.format(world.customer.pk) for path in (PAGE, API)]
    assert [ask(browser, "GET", url).status_code for url in urls] == [200, 200]
    move_user(user=leader, node=world.org.team_a2, actor=world.people["sysadmin"])
    assert [ask(browser, "GET", url).status_code for url in urls] == [404, 404]
    gone = [ask(browser, "GET", path.format(999_999_999)) for path in (PAGE, API)]
    assert [answer.status_code for answer in gone] == [404, 404]


@pytest.mark.parametrize("change", ["role", "closed"])
def test_the_old_cookie_and_token_open_nothing(world: World, change: str) -> None:
    from knox.models import AuthToken

    leaver = UserFactory(role="executive", node=world.org.region_east)
    browser = log_in(leaver)
    _row, token = AuthToken.objects.create(leaver)
    program = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    url = API.format(world.customer.pk)
    assert [ask(one, "GET", url).status_code for one in (browser, program)] == [200, 200]
    boss = world.people["sysadmin"]
    if change == "role":
        change_role(user=leaver, role="marketing", actor=boss)
    else:
        deactivate(user=leaver, actor=boss)
    assert [ask(one, "GET", url).status_code for one in (browser, program)] == [401, 401]
    names = [name for name, door in DOORS.items() if door.of == "customer"]
    for one in (browser, program):
        assert wrong_answers(world, one, ANONYMOUS, names=names) == []


def test_without_the_end_of_sessions_the_old_cookie_still_opens(
    world: World, monkeypatch: Any
) -> None:
    """The control: with the ending of sessions switched off the old browser goes on."""
    from crm_site.staff import services

    leaver = UserFactory(role="executive", node=world.org.region_east)
    browser = log_in(leaver)
    monkeypatch.setattr(services, "end_sessions", lambda **_more: None)
    change_role(user=leaver, role="supervisor", actor=world.people["sysadmin"])
    assert ask(browser, "GET", "/").status_code == 200
