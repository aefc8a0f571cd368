"""Many consultants, the same units, over HTTP: exactly one winner for each (A-46, MKT-56).

Four runs: without any guard the units are sold more than once, which shows that the race is real;
with the row lock, with the unique index, with both, never.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string  # type: ignore[attr-defined]
from django.test import Client

from customers.models import Purchase, Unit
from customers.purchase.services import holding
from tests.factories import CustomerFactory, UserFactory
from tests.signing_in import sign_in

CLIENTS, UNITS = 10, 4
GUARDS = {"none": (), "lock": ("lock",), "index": ("index",), "both": ("lock", "index")}
PAUSE = 0.05  # between looking and writing, so that the race is on
CREATED, TAKEN = 302, 409


@pytest.fixture
def guards(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[tuple[str, ...]]:
    """Switch on the guards that the test names, for the length of the test."""
    wanted: tuple[str, ...] = request.param
    check = holding.check_free

    def slowly(*args: Any, **kwargs: Any) -> None:
        check(*args, **kwargs)
        time.sleep(PAUSE)

    monkeypatch.setattr(holding, "check_free", slowly)
    if "lock" not in wanted:
        monkeypatch.setattr(holding, "lock_units", _read_units)
    index = next(
        each for each in Purchase._meta.constraints if each.name == "purchase_one_active_per_unit"
    )
    if "index" not in wanted:
        with connection.schema_editor() as editor:
            editor.remove_constraint(Purchase, index)
    yield wanted
    if "index" not in wanted:
        Purchase.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Purchase, index)


def _read_units(keys: Any) -> dict[int, Unit]:
    from django.db.models.functions import Now

    return {unit.pk: unit for unit in Unit.objects.filter(pk__in=keys).annotate(clock=Now())}


def _contest(server: Any, org: Any, units: list[Unit]) -> Counter[int]:
    """Let every client try every unit at the same moment; return the answers by status."""
    address = urlsplit(server.url)
    start = threading.Barrier(CLIENTS)
    answers: list[int] = []

    def client(cookies: str, token: str, customer: int) -> None:
        line = HTTPConnection(str(address.hostname), address.port or 80, timeout=60)
        for unit in units:
            start.wait(60)
            body = urlencode({"customer": customer, "idempotency_key": f"{customer}-{unit.pk}"})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"{cookies}; {settings.CSRF_COOKIE_NAME}={token}",
                "X-CSRFToken": token,
            }
            line.request("POST", f"/units/{unit.pk}/hold/", body, headers)
            answer = line.getresponse()
            answer.read()
            answers.append(answer.status)
        line.close()

    threads = []
    for _each in range(CLIENTS):
        seller = UserFactory(node=org.team_a)
        jar = sign_in(Client(), seller).cookies
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
        customer = CustomerFactory(owner=seller)
        given = (cookies, _get_new_csrf_string(), customer.pk)
        threads.append(threading.Thread(target=client, args=given))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return Counter(answers)


def _held_twice() -> int:
    held = Counter(Purchase.objects.filter(state="held").values_list("unit", flat=True))
    return sum(number > 1 for number in held.values())


@pytest.mark.parametrize("guards", [GUARDS["none"]], indirect=True, ids=["none"])
def test_without_guards_units_are_sold_more_than_once(
    guards: tuple[str, ...], live_server: Any, org: Any, make_units: Any
) -> None:
    _contest(live_server, org, make_units(UNITS))
    assert _held_twice() > 0


@pytest.mark.spec("MKT-56")
@pytest.mark.check("A-46")
@pytest.mark.parametrize(
    "guards",
    [GUARDS[name] for name in ("lock", "index", "both")],
    indirect=True,
    ids=["lock", "index", "both"],
)
def test_every_unit_has_exactly_one_winner(
    guards: tuple[str, ...], live_server: Any, org: Any, make_units: Any
) -> None:
    answers = _contest(live_server, org, make_units(UNITS))
    assert answers == {CREATED: UNITS, TAKEN: UNITS * (CLIENTS - 1)}
    assert (_held_twice(), Purchase.objects.count()) == (0, UNITS)
