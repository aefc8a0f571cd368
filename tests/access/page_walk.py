"""Every page and every form of the site as who does most there, and what an answer must be."""

import json
import re
from html.parser import HTMLParser
from typing import Any

from django.urls import reverse

from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.knocking import ADDRESSES
from tests.access.page_forms import PageForm, posting_forms
from tests.access.people import STAFF

ANSWERS = {200, 204, 301, 302, 400, 403, 404, 405, 409, 410, 413, 414, 422}
REFUSALS = {400, 409, 410, 413, 414, 422}
KNOWN = sorted(DOORS.keys() & ADDRESSES.keys())  # that they are equal is a test of its own
WRITERS = ("consultant", "supervisor", "executive", "marketing", "privacy", "sysadmin", "secadmin")
NOT_TRIED = {"logout", "password_change", "staff:user-second-factor-reset"}
Forms = list[tuple[str, PageForm, Any]]


def reader_of(name: str) -> str:
    """Return who of those that may open a door does most there, empty for none."""
    door = DOORS[name]
    return next((who for who in (*WRITERS, *sorted(STAFF)) if 200 in door.expected(who, "GET")), "")


def readable(world: World) -> list[tuple[str, str, Any]]:
    """Return name, address and client of every page and list that somebody may read."""
    found = []
    for name in KNOWN:
        door = DOORS[name]
        who = reader_of(name) if "GET" in door.gates else ""
        if who:
            url = reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model))
            found.append((name, url, world.clients[who]))
    return found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def says_what_to_do(answer: Any) -> bool:
    """Tell whether a refusal has words for the person: a page, a toast or a problem document."""
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind:
        body = json.loads(answer.content)
        return bool(body.get("title")) and bool(body.get("detail") or body.get("errors"))
    if "toast" in answer.headers.get("HX-Trigger", ""):
        return True
    page = answer.content.decode()
    summary = re.search(r'class="(err-sum|err|banner|card empty)[^"]*".*?</div>', page, re.DOTALL)
    words = _Words()
    words.feed(summary.group() if summary else "")
    return len("".join(words.text).strip()) > 8


def judge(answer: Any, what: str) -> list[str]:
    """Return what is wrong with an answer to hostile text."""
    if answer.status_code not in ANSWERS:
        return [f"{what}: {answer.status_code}"]
    if answer.status_code in REFUSALS and not says_what_to_do(answer):
        return [f"{what}: {answer.status_code} without words"]
    return []


def forms_of(world: World) -> Forms:
    """Return address, form and client of every form that writes, each once."""
    found: dict[tuple[str, ...], tuple[str, PageForm, Any]] = {}
    for name, url, client in readable(world):
        if DOORS[name].is_api or name in NOT_TRIED:
            continue
        answer = client.get(url)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue  # a paper has no forms
        for form in posting_forms(answer):
            target = form.action or url
            key = (re.sub(r"\d+", "0", target), *form.names)
            found.setdefault(key, (target, form, client))
    return list(found.values())
