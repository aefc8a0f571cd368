"""Hostile text at every address: answered, never with 500 (A-25, A-26).

Generated from the site map, so that nothing new is left out; forms are in ``test_every_form``.
"""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse

from crm_site.common import keyset, middleware
from tests.access.conftest import World, log_in
from tests.access.doors import DOORS
from tests.access.knocking import ADDRESSES
from tests.access.page_walk import KNOWN, judge, readable, reader_of, says_what_to_do
from tests.access.people import STAFF
from tests.access.test_hostile_text import ENCODED, TEXTS, quoted

pytestmark = pytest.mark.django_db
COLUMNS_OF = keyset.columns_of
UNKNOWN = {
    "ordering": "password",
    "order": "owner__password",
    "sort": "phone",
    "o": "-password",
    "owner__password__startswith": "a",
    "phone__startswith": "1",
    "id__gt": "0",
    "password": "x",
    "fields": "__all__",
    "offset": str(10**30),
    "limit": "-1",
    "page": str(10**30),
    "page_size": "9" * 5000,
    "cursor": "x",
    "view": "x",
}
KEYS = ("q", "find", "order", "page", "page_size", "after", "view", "day", "subject", "owner")
KEYS_MORE = ("from", "until", "project", "customer", "in", "a", "b", "who", "unread", "kind")
LONG = {"megabyte", "combining marks"}
SENT = sorted(set(TEXTS) - LONG - {"NUL", "surrogate"})
ARGUMENTS = (str(10**30), "9" * 5000, "-1", "１", "%00")


@pytest.mark.check("A-25", "A-26")
def test_unknown_filters_and_orderings_are_ignored_or_refused(world: World) -> None:
    """Every list and page: what is not on the allow-list changes nothing or is a 4xx with words."""
    assert unknown_answered(world, [name for name, _url, _client in readable(world)]) == []


@pytest.mark.check("A-25")
def test_an_order_off_the_allow_list_is_found(world: World, monkeypatch: Any) -> None:
    """The negative control: a list that sorts by whatever it is asked for."""
    monkeypatch.setitem(UNKNOWN, "order", "sort_key")
    assert unknown_answered(world, ["api:customer-list"]) == []
    monkeypatch.setattr(keyset, "chosen_sort", lambda wanted, _sorts, usual: wanted or usual)
    monkeypatch.setattr(keyset, "columns_of", by_any_column)
    assert unknown_answered(world, ["api:customer-list"]) == [
        "api:customer-list: other rows",
    ]


def by_any_column(queryset: Any, wanted: str, sorts: Any) -> list[Any]:
    if wanted.removeprefix("-") in sorts:
        return COLUMNS_OF(queryset, wanted, sorts)
    return [keyset.Column(wanted, descending=True, nullable=True)]


def rows_of(answer: Any) -> Any:
    """Return the rows of a list, which may come without pages; none of what is no list."""
    body = answer.json()
    return body.get("results") if isinstance(body, dict) else body


def unknown_answered(world: World, names: list[str]) -> list[str]:
    """Return which of these pages are answered wrongly, or which lists of the API otherwise."""
    wrong = []
    for name, url, client in readable(world):
        if name not in names:
            continue
        answer = client.get(url, UNKNOWN)
        wrong += judge(answer, name)
        is_list = name.startswith("api:") and name.endswith("-list") and answer.status_code == 200
        if is_list and rows_of(client.get(url)) != rows_of(answer):
            wrong.append(f"{name}: other rows")
    return wrong


@pytest.mark.check("A-26")
def test_hostile_questions(world: World) -> None:
    """Every page with a hostile text in every parameter, each page with others, lists thrice."""
    wrong = []
    for number, (name, url, client) in enumerate(readable(world)):
        for turn in range(3 if name.endswith(("-list", "meeting-add")) else 1):
            start = number + turn * len(SENT) // 3
            texts = (ENCODED[SENT[(start + place) % len(SENT)]] for place in range(20))
            pairs = zip((*KEYS, *KEYS_MORE), texts, strict=True)
            query = "&".join(f"{key}={quoted(text)}" for key, text in pairs)
            wrong += judge(client.get(f"{url}?{query}"), f"{name}, turn {turn}")
    assert wrong == []


@pytest.mark.check("A-26")
@pytest.mark.parametrize("text", ["NUL", "surrogate"])
def test_what_cannot_be_stored_is_refused_at_the_door(world: World, text: str) -> None:
    for path in ("/customers/", "/api/v1/customers/", "/pool/", "/search/", "/healthz"):
        answer = world.clients["consultant"].get(f"{path}?x={quoted(ENCODED[text])}")
        assert answer.status_code == 400
        assert says_what_to_do(answer), path


@pytest.mark.check("A-26")
def test_hostile_addresses(world: World) -> None:
    """Every argument of every address, each with two of the texts."""
    wrong = []
    for number, name in enumerate(KNOWN):
        door = DOORS[name]
        arguments = world.arguments(set(ADDRESSES[name]), door.model)
        who = reader_of(name) or sorted(STAFF)[0]
        for key in arguments:
            for bad in (ARGUMENTS[number % 5], ARGUMENTS[(number + 2) % 5]):
                url = _with(name, arguments, key, bad)
                wrong += judge(world.clients[who].get(url), f"{name} {key}={bad[:9]}")
    assert wrong == []


def _with(name: str, arguments: dict[str, Any], key: str, bad: str) -> str:
    """Return an address with something bad for one of its arguments."""
    own = arguments[key]
    marker = 98765432123 if isinstance(own, int) else "marker"
    try:
        return reverse(name, kwargs={**arguments, key: marker}).replace(str(marker), bad)
    except NoReverseMatch:  # one of a few words
        return reverse(name, kwargs=arguments).replace(f"/{own}/", f"/{bad}/")


def test_a_refusal_without_words_is_found() -> None:
    """The negative control of the words."""
    assert judge(HttpResponse("", status=400), "x")
    assert judge(HttpResponse("<h1>No</h1>", status=422), "x")
    assert judge(JsonResponse({"title": "No"}, status=400), "x")
    assert judge(HttpResponse("x", status=500), "x")


@pytest.mark.check("A-26")
def test_without_the_guard_hostile_text_breaks_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with both guards passing everything through, NUL is an error."""
    monkeypatch.setattr(middleware.ReadableTextMiddleware, "_is_readable", lambda self, _: True)
    monkeypatch.setattr(middleware.RefusalMiddleware, "process_exception", lambda *_: None)
    with transaction.atomic():
        browser = log_in(world.people["consultant"])  # whose layers are built from here on
        answer = browser.get("/search/?q=a%00b")
        transaction.set_rollback(True)
    assert answer.status_code == 500
