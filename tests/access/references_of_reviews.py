"""The references of reviews: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def _measure(_world: World) -> dict[str, Any]:
    return {"cause": "x", "what": "x", "due_on": "2030-01-01"}


REVIEWS_CASES: dict[str, Case] = {
    "OpenReportForm.region": Case(
        "executive",
        "/reviews/reports/open/",
        "region",
        "place",
        lambda _w: {"kind": "quarter", "day": "2025-02-01"},
    ),
    "MeasureForm.owner": Case(
        "executive",
        "/reviews/reports/{performance_report_id}/figures/{figure_id}/measure/",
        "owner",
        "person",
        _measure,
    ),
}
