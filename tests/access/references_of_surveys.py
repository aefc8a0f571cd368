"""The references of surveys; part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def _survey(_world: World) -> dict[str, Any]:
    return {
        "title": "x",
        "trigger": "visit",
        "method": "plain",
        "seed": 1,
        "link_days": 7,
        "remind_days": 0,
    }


SURVEYS_CASES: dict[str, Case] = {
    "SurveyForm.project": Case("service_manager", "/surveys/add/", "project", "project", _survey),
    "ImprovementForm.owner": Case(
        "service_manager",
        "/surveys/{survey_id}/plan/{improvement_id}/",
        "owner",
        "person",
        lambda _world: {"measure": "x", "due_on": "2030-01-01"},
    ),
}
