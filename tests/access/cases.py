"""The references of forms, as ``test_references`` tries them, and those of the handover."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access.conftest import World


def in_days(days: int) -> Any:
    return timezone.localtime() + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Case:
    """One reference: who sends what where; ``of`` is what it points to, ``many`` a list of them."""

    who: str
    path: str
    name: str
    of: str
    body: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    many: bool = False


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
