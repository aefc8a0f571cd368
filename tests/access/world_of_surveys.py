"""One record of each kind of surveys, for the tests of access."""

from datetime import date
from typing import Any

from django.utils import timezone

from crm_site.questionnaires.services import ensure_default
from customers.models import Customer
from service.surveys.defaults import SERVICE
from service.surveys.models import SurveyInvitation
from service.surveys.report_models import ImprovementItem
from service.surveys.services.answering import answer
from service.surveys.services.inviting import guest_of, invite
from service.surveys.services.opening import SurveyDraft, open_survey, write_survey
from service.surveys.services.planning import plan_improvement
from service.surveys.services.reporting import Period, make_report


def surveys_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before.

    A survey of the customer's project with one low answer, its plan, and a report of the region.
    """
    now, actor = timezone.now(), people["service_manager"]
    draft = SurveyDraft(
        title="到访满意度",
        questionnaire=ensure_default(SERVICE),
        trigger="visit",
        project=customer.project,
    )
    survey = write_survey(draft=draft, actor=actor, now=now)
    survey = open_survey(survey=survey, actor=actor, now=now)
    invite(survey=survey, guests=[guest_of(customer, source="visit:1")], now=now)
    invitation = SurveyInvitation.objects.select_related("survey").get(survey=survey)
    given = {"q1": "bad", "q2": "2", "q3": "2", "q4": "2"}
    response = answer(invitation=invitation, answers=given, now=now)
    plan_improvement(survey=survey, actor=actor, now=now)
    period = Period(kind="period", starts_on=date(2026, 1, 1), ends_on=timezone.localdate())
    report = make_report(period=period, actor=actor, now=now)
    return {
        "survey_id": survey.pk,
        "survey_response_id": response.pk if response else 0,
        "improvement_id": ImprovementItem.objects.filter(plan__survey=survey).order_by("pk")[0].pk,
        "satisfaction_report_id": report.pk,
    }
