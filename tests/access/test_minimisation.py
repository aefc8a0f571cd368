"""Each address of the API answers with the keys of its snapshot and no more (A-35).

``API_KEYS=write pytest tests/access/test_minimisation.py`` writes the snapshot anew; the change of
the file then shows what more an address gives away, for somebody to read.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.access.conftest import World
from tests.access.doors import DOORS
from tests.access.test_doors import ADDRESSES, ask

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).parent / "api_keys.json"
READERS = ("consultant", "supervisor", "executive", "privacy")
NOT_DATA = {"api:schema", "api:docs", "api:token"}
FREE = {"custom", "needs", "values", "errors", "enquiry"}  # keys chosen by people


def keys_of(value: Any, path: str = "") -> set[str]:
    """Return the paths of all keys in an answer; lists count as their items."""
    if isinstance(value, list):
        return set().union(*(keys_of(item, path) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, inner in value.items():
        here = f"{path}.{key}" if path else key
        found.add(here)
        if key not in FREE:
            found |= keys_of(inner, here)
    return found


def read_all(world: World) -> dict[str, list[str]]:
    """Return the keys that each readable address of the API gives to any of the readers."""
    found = {}
    for name, door in sorted(DOORS.items()):
        if not door.is_api or name in NOT_DATA or "GET" not in door.gates:
            continue
        url = reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), door.model))
        keys: set[str] = set()
        for who in READERS:
            answer = ask(world.clients[who], "GET", url)
            if answer.status_code == 200:
                keys |= keys_of(answer.json())
        found[name] = sorted(keys)
    return found


@pytest.mark.check("A-35")
def test_no_address_gives_more_than_its_snapshot(world: World) -> None:
    found = read_all(world)
    if os.environ.get("API_KEYS") == "write":
        SNAPSHOT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    known = json.loads(SNAPSHOT.read_text())
    assert found.keys() == known.keys()
    surplus = {name: sorted(set(keys) - set(known[name])) for name, keys in found.items()}
    assert {name: keys for name, keys in surplus.items() if keys} == {}
    assert [name for name, keys in found.items() if not keys] == []


@pytest.mark.check("A-35")
def test_no_snapshot_holds_a_key_that_no_screen_shows() -> None:
    known = json.loads(SNAPSHOT.read_text())
    secret = {
        "password",
        "phone_index",
        "phone_tail_index",
        "id_number_index",
        "tokens",
        "sort_key",
    }
    secret |= {"session_stamp", "is_superuser", "is_staff", "hidden_until", "region", "key_id"}
    leaves = {path.rsplit(".", 1)[-1] for keys in known.values() for path in keys}
    assert leaves & secret == set()


def test_one_key_more_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    from customers.api.serializers import CustomerSerializer

    real = CustomerSerializer.to_representation
    monkeypatch.setattr(
        CustomerSerializer,
        "to_representation",
        lambda self, row: real(self, row) | {"remark": row.remark},
    )
    known = json.loads(SNAPSHOT.read_text())
    found = read_all(world)
    assert "results.remark" in set(found["api:customer-list"]) - set(known["api:customer-list"])
