"""The references of clocks; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def decided(_world: World) -> dict[str, Any]:
    return {"kind": "measure", "text": "加强验收", "due_on": f"{in_days(30):%Y-%m-%d}"}


MEASURE = "/tickets/concerns/measure/?category=world"
CLOCKS_CASES: dict[str, Case] = {
    "MeasureForm.owner": Case("service_manager", MEASURE, "owner", "specialist", decided),
}
