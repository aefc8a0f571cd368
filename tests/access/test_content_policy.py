"""The content policy stands on every answer, and no page needs it to be looser (A-21)."""

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.people import STAFF
from tests.access.test_doors import ADDRESSES, ask

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-21")]
NEEDED = {
    "default-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "form-action": {"'self'"},
}
LOOSE = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*", "blob:")
ADDRESS_ATTRIBUTES = {"src", "href", "action", "formaction", "poster", "srcset", "data", "hx-get"}
DATA_TYPES = {"application/json", "importmap", "application/ld+json"}


def policy_faults(response: Any) -> list[str]:
    """Return what is wrong with the policy of one answer."""
    header = response.headers.get("Content-Security-Policy", "")
    given = {part.split()[0]: set(part.split()[1:]) for part in header.split(";") if part.strip()}
    faults = [name for name, wanted in NEEDED.items() if given.get(name) != wanted]
    faults += [word for word in LOOSE for sources in given.values() if word in sources]
    faults += [
        source
        for name, sources in given.items()
        for source in sources
        if source not in {"'self'", "'none'"} and (name, source) != ("img-src", "data:")
    ]
    return faults


class _Page(HTMLParser):
    """Collects what a strict policy would block, and addresses outside the site."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.config = ""
        self.has_htmx = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): value or "" for name, value in attrs}
        if tag == "style" or "style" in given:
            self.faults.append(f"style in <{tag}>")
        if tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES:
            self.faults.append("a script in the page")
        if tag == "script" and "htmx" in given.get("src", ""):
            self.has_htmx = True
        for name, value in given.items():
            if name.startswith(("on", "hx-on")):
                self.faults.append(f"{name} in <{tag}>")
            if name in ADDRESS_ATTRIBUTES and _leaves(value):
                self.faults.append(f"{name}={value}")
        if given.get("name") == "htmx-config":
            self.config = given.get("content", "")


def _leaves(address: str) -> bool:
    """Tell whether an address leads to another site or runs a script."""
    parts = urlsplit(address)
    return parts.scheme in {"javascript", "vbscript", "data"} or bool(
        parts.netloc and parts.netloc != "testserver"
    )


def page_faults(response: Any) -> list[str]:
    """Return what of a page the policy would block, and htmx settings that would evade it."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    page = _Page()
    page.feed(response.content.decode())
    if page.has_htmx and not page.config:
        page.faults.append("no htmx config")
    if page.config:
        config = json.loads(page.config)
        for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles"):
            if config.get(name) is not False:
                page.faults.append(f"htmx {name}")
        if config.get("selfRequestsOnly") is not True:
            page.faults.append("htmx asks other sites")
    return page.faults


def faults(response: Any) -> list[str]:
    return policy_faults(response) + page_faults(response)


def test_every_address_answers_with_the_policy(world: World) -> None:
    """Every door by the first who may open it; every tenth by a stranger and one who may not."""
    wrong = []
    for number, name in enumerate(sorted(DOORS.keys() & ADDRESSES.keys())):
        door = DOORS[name]
        url = reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model))
        method = "GET" if "GET" in door.gates else sorted(door.gates)[0]
        entering = [who for who in sorted(STAFF) if 404 not in door.expected(who, method)]
        shut_out = [who for who in sorted(STAFF) if door.expected(who, method) & {403, 404}]
        others = ["anonymous", *shut_out[:1]] if number % 10 == 0 else []
        for who in (*entering[:1], *others):
            found = faults(ask(world.clients[who], method, url))
            wrong += [f"{method} {name} as {who}: {fault}" for fault in found]
    assert wrong == []


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("path", ["/nothing/", "/customers/", "/api/v1/nothing/", "/static/x.js"])
def test_errors_and_parts_answer_with_the_policy(world: World, path: str, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    client = world.clients["consultant"]
    answers = [
        client.get(path, headers=headers),
        client.get(f"{path}?q=%00", headers=headers),
        client.get(f"{path}?q=%ff", headers=headers),
        client.delete(path, headers=headers),
        client.post(path, {"name": "x" * 6_000_000}, headers=headers),
        Client(enforce_csrf_checks=True, headers=headers).post("/accounts/login/", {}),
    ]
    assert {answer.status_code for answer in answers} & {400, 403}
    assert [faults(answer) for answer in answers] == [[]] * len(answers)


def test_an_error_of_ours_answers_with_the_policy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> HttpResponse:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("customers.views.customer_list.list_page", broken)
    answer = world.clients["consultant"].get("/customers/")
    assert answer.status_code == 500
    assert faults(answer) == []


@pytest.mark.parametrize(
    "policy", [{}, {"default-src": ["'self'"], "script-src": ["'self'", "'unsafe-inline'"]}]
)
def test_a_looser_policy_is_found(world: World, policy: dict[str, Any]) -> None:
    """The negative control."""
    with override_settings(CONTENT_SECURITY_POLICY={"DIRECTIVES": policy}):
        assert policy_faults(Client().get("/accounts/login/"))


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<p onclick='x()'>",
        "<p style='color:red'>",
        "<style></style>",
        "<a href='javascript:alert(1)'>",
        "<img src='//elsewhere.example/x'>",
        '<meta name="htmx-config" content=\'{"allowEval": true}\'>',
        "<div hx-on:click='x()'>",
        "<script src='/static/vendor/htmx.min.js'></script>",
    ],
)
def test_a_page_that_needs_a_looser_policy_is_found(page: str) -> None:
    """The negative control."""
    assert page_faults(HttpResponse(page))
