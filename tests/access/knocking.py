"""Knocking at every door of the site: the whole way in, past the layers around it, or at the view.

The layers that only a stranger meets (session, login, second factor, headers) are walked through
whole by strangers, by a closed account, by a token, and by four people in ``test_guards``.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.backends.django import Template
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from crm_site.common import moulds
from crm_site.staff import sessions
from crm_site.staff.models import User
from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.gates import Door
from tests.access.people import METHODS


def walk(patterns: list[Any], namespace: str = "", names: frozenset[str] = frozenset()) -> Iterator:
    """Yield the qualified name of every address with the names of its arguments."""
    for entry in patterns:
        found = names | set(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, inner, found)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.pattern}", found


ADDRESSES: dict[str, frozenset[str]] = dict(walk(get_resolver().url_patterns))
FACTORY = RequestFactory()


def address_of(world: World, name: str) -> str:
    """Return the address of a door, with the world's records in it."""
    return reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), DOORS[name].model))


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


def ask_view(user: User, method: str, url: str) -> int:
    """Return the status with which the view itself answers, past the layers around it.

    They only ever shut somebody out (a stranger, a second factor that is owed), so what the view
    refuses nobody gets. 500 stands for a view that went to work.
    """
    match = resolve(url)
    request: Any = FACTORY.generic(method, url)
    request.user, request._dont_enforce_csrf_checks = user, True
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except PermissionDenied:
        return 403
    except Http404:
        return 404
    except Exception:
        return 500
    return int(response.status_code)


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave pages empty: who may enter is settled before anything is drawn.

    ``test_guards`` draws every page and compares its status too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda *_args, **_more: "")
        try:
            yield
        finally:
            moulds.forget()  # what was kept meanwhile is empty, and would stay so in later tests


LAYERS = (
    *("SecurityMiddleware", "CSPMiddleware", "WhiteNoiseMiddleware", "SessionMiddleware"),
    *("LocaleMiddleware", "CsrfViewMiddleware", "OTPMiddleware", "RefusalRecordMiddleware"),
    *("SessionLimitsMiddleware", "XFrameOptionsMiddleware"),
)


class KnownMiddleware:
    """Stands for session and login: whom the request names is signed in and just proved it."""

    people: dict[str, User] = {}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.user = copy.copy(self.people[request.headers["X-Person"]])
        request.user.is_verified, request.user.otp_device = (lambda: True), None
        request.session = SessionStore()
        sessions.confirm(request, now=timezone.now())
        return self.get_response(request)


@contextmanager
def known(user: User) -> Iterator[Client]:
    """Give a browser of somebody who is past every layer that a stranger meets."""
    inner = [
        layer.replace("django.contrib.auth.middleware.AuthenticationMiddleware", KNOWN)
        for layer in settings.MIDDLEWARE
        if layer.rpartition(".")[2] not in LAYERS
    ]
    KnownMiddleware.people[str(user.pk)] = user
    with override_settings(MIDDLEWARE=inner):
        yield Client(headers={"X-Person": str(user.pk)}, raise_request_exception=False)
    KnownMiddleware.people.clear()


KNOWN = f"{__name__}.{KnownMiddleware.__name__}"


def wrong_answers(
    world: World, client: Client, who: str, *, names: Any = None, every_method: bool = False
) -> list[str]:
    """Return where ``client`` gets another answer than the table has for ``who``.

    Tried are the methods that each door takes, or all.
    """
    wrong = []
    with undrawn():
        for name in sorted(names or ADDRESSES.keys() & DOORS.keys()):
            door, url = DOORS[name], address_of(world, name)
            for method in METHODS if every_method else door.gates:
                status = ask(client, method, url).status_code
                if status not in door.expected(who, method):
                    wrong.append(f"{method} {name}: {status}, not {door.expected(who, method)}")
    return wrong


def wrongly_taken(world: World, who: str) -> list[str]:
    """Return the methods that a door has no gate for and yet takes from ``who``."""
    wrong = []
    user = world.people[who]
    for name in sorted(ADDRESSES.keys() & DOORS.keys()):
        door, url = DOORS[name], address_of(world, name)
        for method in _without_gate(door):
            status = ask_view(user, method, url)
            if status not in door.expected(who, method):
                wrong.append(f"{method} {name}: {status}, not {door.expected(who, method)}")
    return wrong


def _without_gate(door: Door) -> list[str]:
    return [method for method in METHODS if method not in door.gates]
