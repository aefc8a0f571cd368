"""The references of winback: part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def granted(_world: World) -> dict[str, Any]:
    return {"kind": "adviser", "what": "专属顾问", "until": f"{in_days(30):%Y-%m-%d}"}


UPGRADE = "/churn/cases/{churn_case_id}/upgrade/"
WINBACK_CASES: dict[str, Case] = {
    "UpgradeForm.adviser": Case("consultant", UPGRADE, "adviser", "person", granted),
}
