"""Signs that mean something to LIKE mean themselves in every search (A-23)."""

from html import unescape
from urllib.parse import quote

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import timezone

from crm_site.registers.services import EntryDraft, add_entry
from customers.rules.search import name_tokens
from tests.access.conftest import World
from tests.factories import CustomerFactory, TaskFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-23")]
# Beginning and rest of each name. The last four are what the signs find where they stand for more.
NAMES = {
    "甲": "100%满意",
    "乙": "low_rise",
    "丙": "back\\slash",
    "丁": "O'Neil",
    "戊": "plain",
    "己": "100分满意",
    "庚": "lowXrise",
    "辛": "backslash",
}
FOUND = {
    "%": "甲",
    "_": "乙",
    "\\": "丙",
    "'": "丁",
    "100%满意": "甲",
    "low_rise": "乙",
    "k\\s": "丙",
    "%满": "甲",
    "w_r": "乙",
    "o'n": "丁",
}
# where a search looks, by whom
PLACES = {
    "/staff/?q=": "sysadmin",
    "/registers/promises/?q=": "consultant",
    "/customers/?view=all&q=": "consultant",
    "/pool/?q=": "consultant",
    "/search/?q=": "consultant",
    "/api/v1/customers/?q=": "consultant",
}


@pytest.fixture
def named(world: World) -> None:
    """One row of each name wherever something is searched."""
    owner = world.people["consultant"]
    for start, rest in NAMES.items():
        name = f"{start}{rest}"
        UserFactory(name=name, node=world.org.team_a, role="agent")
        found_by = {"name": name, "tokens": name_tokens(name)}
        CustomerFactory(owner=owner, **found_by)
        CustomerFactory(owner=None, project=world.project, **found_by)
        TaskFactory(customer=world.customer, owner=owner, title=name)
        draft = EntryDraft(
            title=name,
            values={"kind": "try", "promised_by": "周倩"},
            subject_id=world.customer.pk,
        )
        add_entry(register="promises", draft=draft, actor=owner, now=timezone.now())


def found(world: World, place: str, text: str) -> str:
    """Return the first characters of the names that a search shows, in their order."""
    client, part = world.clients[PLACES[place]], {"HX-Request": "true"}
    answer = client.get(f"{place}{quote(text)}", headers=part)
    assert answer.status_code == 200, (place, text)
    shown = unescape(answer.content.decode())
    return "".join(start for start, rest in NAMES.items() if f"{start}{rest[:2]}" in shown)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_sign_finds_only_rows_that_hold_it(world: World, named: None, place: str) -> None:
    shortest = 2 if place.startswith("/search") else 1  # what is asked of every group
    expected = {text: start if len(text) >= shortest else "" for text, start in FOUND.items()}
    assert {text: found(world, place, text) for text in FOUND} == expected


@pytest.mark.parametrize("place", ["/staff/?q=", "/registers/promises/?q="])
def test_unescaped_signs_find_everything(
    world: World, named: None, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the escaping a percent sign lists every row."""
    monkeypatch.setattr(DatabaseOperations, "prep_for_like_query", lambda self, x: str(x))
    monkeypatch.setattr(DatabaseOperations, "prep_for_iexact_query", lambda self, x: str(x))
    assert found(world, place, "%") == "".join(NAMES)
