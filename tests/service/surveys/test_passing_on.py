"""What customers answered stands beside all feedback and on the map of their journey."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.questionnaires.services import ensure_default
from service.desk.models import Feedback
from service.experience import nodes
from service.experience.choices import NODES
from service.experience.rules import Node
from service.surveys.defaults import STAFF
from service.surveys.models import SurveyResponse
from service.surveys.services.answering import answer
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.service.surveys.conftest import GOOD, LOW, ask, send, word

pytestmark = pytest.mark.django_db


def test_an_answer_is_feedback_once_with_its_words_and_score(
    client, make_survey, buyer, now
) -> None:
    token = ask(make_survey(), buyer, timezone.now())
    send(token, LOW)
    send(token, GOOD)  # a replay adds nothing
    row = Feedback.objects.get(way="questionnaire")
    response = SurveyResponse.objects.get()
    assert (row.text, row.score, row.customer, row.project) == (
        LOW["q-q5"],
        4,
        buyer,
        buyer.project,
    )
    assert (row.source_kind, row.source_id, row.author) == (
        "survey_response",
        str(response.pk),
        None,
    )
    assert LOW["q-q5"] in client.get("/desk/feedback/").content.decode()


def test_the_staff_stays_out_of_the_feedback_of_customers(make_survey, org, now) -> None:
    UserFactory(node=org.team_a)
    survey = make_survey(trigger="staff", questionnaire=ensure_default(STAFF))
    row = survey.invitations.select_related("survey").first()
    answer(invitation=row, answers={"q1": "3", "q2": "4", "q3": "2"}, now=now)
    assert not Feedback.objects.exists()


@pytest.mark.spec("SVC-62")
def test_the_weakest_nodes_come_from_what_customers_answered(
    client, make_survey, answered, org, now
) -> None:
    now = timezone.now()
    at = now - timedelta(days=5)
    given = {
        "visit": [word(5, 9)] * 9 + [word(3, 7)],  # 9 of 10 satisfied
        "signing": [word(5, 9)] * 3 + [word(2, 2)] * 2,  # 3 of 5
        "handover": [word(4, 8)] * 1 + [word(1, 0)] * 3,  # 1 of 4
    }
    for trigger, words in given.items():
        survey = make_survey(trigger=trigger, title=trigger, at=now - timedelta(days=200))
        answered(survey, words, at=at)
        answered(survey, [word(1, 0)] * 7, at=now - timedelta(days=100))  # before the 90 days
    page = client.get("/experience/")
    found = {
        (line["score"].node, one.source): (one.score, one.bad, one.rows)
        for line in page.context["nodes"]
        for _label, one in line["measures"]
        if one.source in ("surveys", "recommendation")
    }
    assert found == {
        (Node.PRODUCT, "surveys"): (90.0, 1, 10),
        (Node.SERVICE, "surveys"): (60.0, 2, 5),
        (Node.VALUE, "surveys"): (25.0, 3, 4),
        (Node.LOYAL, "recommendation"): (73.7, 5, 19),
    }
    weakest = [line["score"].node for line in page.context["weakest"]]
    assert set(weakest) == {Node.SERVICE, Node.VALUE, Node.LOYAL}
    for node in weakest:
        assert str(dict(NODES)[node.value]) in page.content.decode()
    for (node, source), (_score, bad, _rows) in found.items():
        rows = client.get(nodes.rows_url(source, node))
        assert rows.context["total"] == len(rows.context["rows"]) == bad
    assert client.get(nodes.rows_url("surveys", Node.BRAND)).context["total"] == 0
    line = client.get(nodes.rows_url("surveys", Node.VALUE)).context["rows"][0]
    assert client.get(line["url"]).context["page"].count >= 3


def test_who_may_not_see_surveys_sees_no_score_of_them(
    client_for, make_survey, answered, org
) -> None:
    answered(make_survey(), [word(1, 0)] * 3, at=timezone.now())
    page = client_for(make_user(org, "finance")).get("/experience/")
    assert page.status_code == 200
    sources = {one.source for line in page.context["nodes"] for _label, one in line["measures"]}
    assert not sources & {"surveys", "recommendation"}
