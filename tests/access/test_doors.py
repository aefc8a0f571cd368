"""Walks every address of the site as everybody with every method (A-01)."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.gates import ANONYMOUS, STAFF


def walk(patterns: list[Any], namespace: str = "", names: frozenset[str] = frozenset()) -> Iterator:
    """Yield the qualified name of every address with the names of its arguments."""
    for entry in patterns:
        found = names | set(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, inner, found)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.pattern}", found


pytestmark = pytest.mark.django_db
ADDRESSES = dict(walk(get_resolver().url_patterns))


def ask(client: Client, method: str, url: str) -> Any:
    """Send a request that says nothing; whatever it writes is taken back."""
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    more: dict[str, Any] = {}
    if method not in ("GET", "HEAD"):
        more["headers"] = {"Idempotency-Key": "door"}
        is_form = method == "POST" and not url.startswith("/api/")
        more["data"] = {"said": "nothing"} if is_form else "{}"
        more |= {} if is_form else {"content_type": "application/json"}
    with transaction.atomic():
        response = getattr(client, method.lower())(url, **more)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


@pytest.mark.check("A-01")
def test_every_address_is_in_the_table() -> None:
    assert sorted(ADDRESSES.keys() - DOORS.keys()) == []
    assert sorted(DOORS.keys() - ADDRESSES.keys()) == []


@pytest.mark.check("A-01")
@pytest.mark.spec("PLT-02")
@pytest.mark.parametrize("who", [ANONYMOUS, *sorted(STAFF)])
def test_everybody_gets_the_answer_of_the_table(world: World, who: str) -> None:
    wrong = []
    for name in sorted(ADDRESSES.keys() & DOORS.keys()):
        door = DOORS[name]
        url = reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model))
        for method in door.methods_for(who):
            status = ask(world.clients[who], method, url).status_code
            if status not in door.expected(who, method):
                wrong.append(f"{method} {name}: {status}, not {door.expected(who, method)}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.check("A-01")
def test_strangers_are_sent_to_the_login_or_told_to_sign_in(world: World) -> None:
    for name, door in DOORS.items():
        if door.open_to_all:
            continue
        url = reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model))
        response = ask(world.clients[ANONYMOUS], "GET", url)
        if door.is_api:
            assert response.headers["Content-Type"] == "application/problem+json", name
            assert response.json()["status"] == 401, name
            assert response.headers["WWW-Authenticate"] == "Bearer", name
        else:
            assert response.headers["Location"].startswith("/accounts/login/?next=/"), name
