"""The references of selling: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def _plan(_world: World) -> dict[str, Any]:
    return {"grain": "month", "day": "2026-06-01", "units": "1"}


def _visit(_world: World) -> dict[str, Any]:
    return {"happened_on": "2026-05-04"}


def _office(world: World) -> dict[str, Any]:
    keeper, project = world.people["supervisor"].pk, world.project.pk
    return {"name": "x", "keeper": keeper, "project": project}


def _interviews(world: World) -> dict[str, Any]:
    owner, project = world.people["marketing"].pk, world.project.pk
    days = {"starts_on": "2026-05-01", "ends_on": "2026-06-01"}
    return {"title": "x", "aim": "x", "sample_size": "1", "owner": owner, "project": project} | days


SELLING_CASES: dict[str, Case] = {
    "SalesPlanForm.project": Case("marketing", "/sales-plans/add/", "project", "project", _plan),
    "MysteryForm.person": Case("marketing", "/selling-checks/mystery/", "person", "person", _visit),
    "OfficeForm.project": Case("marketing", "/sales-offices/add/", "project", "project", _office),
    "OfficeForm.keeper": Case("marketing", "/sales-offices/add/", "keeper", "person", _office),
    "InterviewProgrammeForm.project": Case(
        "marketing", "/interviews/add/", "project", "project", _interviews
    ),
    "InterviewProgrammeForm.owner": Case(
        "marketing", "/interviews/add/", "owner", "person", _interviews
    ),
}
