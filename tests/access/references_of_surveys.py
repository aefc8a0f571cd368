"""The references of surveys; part of the table of references."""

from typing import Any

from service.surveys.models import Survey
from tests.access.cases import Case
from tests.access.conftest import World


def _survey(world: World) -> dict[str, Any]:
    survey = Survey.objects.get(pk=world.service["survey_id"])
    return {
        "questionnaire": survey.questionnaire_id,
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
