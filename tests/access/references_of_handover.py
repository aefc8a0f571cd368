"""The references of the handover; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def planned(_world: World) -> dict[str, Any]:
    risks = dict.fromkeys(("quality", "schedule", "documents", "facilities"), "low")
    return {"name": "二批", "planned_on": f"{in_days(30):%Y-%m-%d}", **risks}


HANDOVER_CASES: dict[str, Case] = {
    "NewBatchForm.project": Case("specialist", "/handover/add/", "project", "project", planned),
    "UnitsForm.buildings": Case(
        "specialist", "/handover/{batch}/fill/", "buildings", "building", many=True
    ),
    "GroupForm.members": Case(
        "specialist", "/handover/groups/{group}/form/", "members", "person", many=True
    ),
}
