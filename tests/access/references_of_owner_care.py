"""The references of care; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def planned(_world: World) -> dict[str, Any]:
    return {
        "kind": "club",
        "title": "品茶",
        "place": "会所",
        "starts_at": f"{in_days(3):%Y-%m-%dT%H:%M}",
        "ends_at": f"{in_days(4):%Y-%m-%dT%H:%M}",
        "capacity": "5",
        "budget": "0",
    }


def wedding(_world: World) -> dict[str, Any]:
    return {"kind": "wedding", "month": "5", "day": "20"}


def gifts(_world: World) -> dict[str, Any]:
    return {"festival": "spring", "year": "2027", "gift": "春联", "value": "20"}


def group(_world: World) -> dict[str, Any]:
    return {"name": "太极队", "leader": "李阿姨", "members": "3"}


def issue(_world: World) -> dict[str, Any]:
    return {"number": "7", "title": "夏季号", "body": "夏日好"}


CARE_CASES: dict[str, Case] = {
    "EventForm.project": Case("specialist", "/care/events/add/", "project", "project", planned),
    "OccasionForm.customer": Case(
        "specialist", "/care/occasions/add/", "customer", "customer", wedding
    ),
    "GiftListForm.project": Case("specialist", "/care/gifts/add/", "project", "project", gifts),
    "GroupForm.project": Case("specialist", "/care/groups/add/", "project", "project", group),
    "PlanForm.project": Case(
        "specialist", "/care/plans/add/", "project", "project", lambda _world: {"year": "2030"}
    ),
    "EventForm.group": Case(
        "specialist",
        "/care/events/add/",
        "group",
        "community",
        lambda world: planned(world) | {"project": world.project.pk},
    ),
    "FundForm.project": Case("finance", "/care/funds/open/", "project", "project"),
    "SignUpForm.customer": Case(
        "specialist",
        "/care/events/{care_event_id}/sign-up/",
        "customer",
        "customer",
        lambda _world: {"people": "1"},
    ),
    "IssueForm.project": Case("specialist", "/care/newsletters/add/", "project", "project", issue),
}
