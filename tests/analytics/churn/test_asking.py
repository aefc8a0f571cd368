"""Lost customers are asked why through the surveys; the answers become the reasons of the loss."""

from datetime import timedelta

import pytest
from django.utils import translation

from analytics.churn.models import ChurnLoss
from analytics.churn.selectors.report import read_report
from analytics.churn.services.asking import ask_lost, take_answers
from analytics.churn.services.finding import find_losses
from analytics.churn.survey import ASKED, LOSS
from crm_site.questionnaires.models import Questionnaire
from crm_site.questionnaires.services import ensure_default
from service.surveys.models import SurveyInvitation
from service.surveys.services.answering import answer, asked
from service.surveys.services.opening import SurveyDraft, open_survey, write_survey
from tests.analytics.churn.conftest import known, lose

pytestmark = pytest.mark.django_db


@pytest.mark.spec("ANA-61", "CUS-108")
def test_what_lost_customers_say_becomes_the_reason(consultant, executive, now) -> None:
    ensure_default(LOSS)
    gone = known(consultant, now, days=20)
    draft = SurveyDraft(
        title="流失原因",
        questionnaire=Questionnaire.objects.get(key=LOSS),
        trigger="loss",
        project=gone.project,
    )
    survey = write_survey(draft=draft, actor=executive, now=now - timedelta(hours=1))
    open_survey(survey=survey, actor=executive, now=now - timedelta(hours=1))
    lose(gone, now)
    find_losses(now=now)
    assert ask_lost(now=now) == 1
    assert ask_lost(now=now) == 0, "each loss is asked about once"
    loss = ChurnLoss.objects.get()
    assert (loss.main_reason, take_answers(now=now)) == ("unknown", 0)
    invitation = SurveyInvitation.objects.get()
    options = next(iter(asked(survey.asked_id).outline.questions())).options
    place = [reason.value for reason in ASKED].index("delay")
    said = {"main": str(options[place]), "delay": "yes", "opaque_price": "partly", "words": "晚"}
    answer(invitation=invitation, answers=said, now=now + timedelta(hours=1))
    assert take_answers(now=now) == 1
    assert take_answers(now=now) == 0
    loss.refresh_from_db()
    assert (loss.main_reason, loss.said_by, loss.note) == ("delay", "customer", "晚")
    assert set(loss.reasons.values_list("reason", flat=True)) == {"delay", "opaque_price"}
    report = read_report(executive, loss.on, loss.on + timedelta(days=1))
    with translation.override("en"):
        counts = {str(line.label): (line.losses, line.any) for line in report.reasons}
    assert counts == {"Delivery is late": (1, 1), "Opaque price": (0, 1)}
