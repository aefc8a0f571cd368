"""The references of improvement: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def _programme(_world: World) -> dict[str, Any]:
    return {"title": "x", "aim": "x", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}


def _item(_world: World) -> dict[str, Any]:
    named = {"title": "x", "track": "short", "theme": "price", "department": "design"}
    return named | {"due_on": "2030-01-01", "measure": "x", "baseline": "1", "goal": "2"}


IMPROVEMENT_CASES: dict[str, Case] = {
    "ProgrammeForm.owner": Case(
        "executive", "/improvement/programmes/add/", "owner", "person", _programme
    ),
    "ItemForm.accountable": Case(
        "executive", "/improvement/items/add/", "accountable", "person", _item
    ),
    "FindingForm.owner": Case(
        "executive",
        "/improvement/workshops/{workshop_id}/",
        "owner",
        "person",
        lambda _w: {"text": "x"},
    ),
    "OpenAppraisalForm.person": Case(
        "executive", "/appraisals/open/", "person", "person", lambda _w: {"day": "2026-02-01"}
    ),
    "NominationForm.person": Case(
        "consultant",
        "/star/",
        "person",
        "person",
        lambda _w: {"act": "x", "happened_on": "2026-01-01"},
    ),
}
