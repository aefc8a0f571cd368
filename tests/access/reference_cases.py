"""What a case of the references says, and the cases of building and launches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.conftest import World


@dataclass(frozen=True, slots=True)
class Case:
    """One reference: who sends what where; ``of`` is what it points to, ``many`` a list of them."""

    who: str
    path: str
    name: str
    of: str
    body: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    many: bool = False


BUILDING_CASES: dict[str, Case] = {
    "BriefingForm.people": Case(
        "marketing",
        "/projects/{project}/launch/briefings/add/",
        "people",
        "person",
        lambda _w: {"held_on": "2026-05-20", "briefed_by": "x", "items": "x"},
        many=True,
    ),
    "NodeForm.building": Case(
        "executive",
        "/projects/{project}/nodes/add/",
        "building",
        "building",
        lambda _w: {"kind": "facade", "planned_on": "2027-05-20"},
    ),
    "ChangeForm.node": Case(
        "consultant",
        "/purchases/{purchase}/changes/add/",
        "node",
        "node",
        lambda _w: {"item": "x", "wish": "x", "price": "0"},
    ),
    "HomeChangeForm.building": Case(
        "executive",
        "/projects/{project}/changes/add/",
        "building",
        "building",
        lambda _w: {"kind": "design", "title": "x", "text": "x", "decided_on": "2026-05-20"},
    ),
}
