"""The references of repairs; part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def broken(world: World) -> dict[str, Any]:
    what = {"part": "waterproofing", "trade": "sealing", "subject": "阳台渗水"}
    return {**what, "project": world.project.pk, "unit": world.unit.number}


def asked(world: World) -> dict[str, Any]:
    words = {"target": "design", "title": "阳台坡度", "found": "三户渗水"}
    return {**words, "project": world.project.pk, "owner": world.people["engineering"].pk}


def kept(world: World) -> dict[str, Any]:
    return {
        "project": world.project.pk,
        "name": "2027",
        "owner": world.people["engineering"].pk,
        "goal": "屋面",
    }


REPAIR, ASK, UPKEEP = "/repairs/add/", "/repairs/learning/ask/", "/estates/add/"
REPAIRS_CASES: dict[str, Case] = {
    "RepairForm.project": Case("specialist", REPAIR, "project", "project", broken),
    "RepairForm.customer": Case("specialist", REPAIR, "customer", "customer", broken),
    "AskForm.project": Case("service_manager", ASK, "project", "project", asked),
    "AskForm.owner": Case("service_manager", ASK, "owner", "engineer", asked),
    "PlanForm.project of upkeep": Case("service_manager", UPKEEP, "project", "project", kept),
    "PlanForm.owner": Case("service_manager", UPKEEP, "owner", "engineer", kept),
}
