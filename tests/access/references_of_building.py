"""The references of building and launches; part of the table of references."""

from tests.access.cases import Case

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
