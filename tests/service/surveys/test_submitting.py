"""What an answer by link asks of the database, and that two at once count once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.surveys.models import SurveyAnswer, SurveyResponse
from tests.service.surveys.conftest import GOOD, ask, send

pytestmark = pytest.mark.django_db

# Link with its survey; begin; link used up; rules of alarms; response; answers; feedback; commit.
SUBMIT = 8


@pytest.fixture
def now():
    return timezone.now()


def test_an_answer_costs_eight_statements_whatever_the_survey_has_asked(
    make_survey, buyer, now
) -> None:
    survey = make_survey()
    links = [ask(survey, buyer, now) for _link in range(3)]
    assert send(links[0], GOOD).status_code == 302  # reads what the version asks, once
    counts = []
    for link in links[1:]:
        with CaptureQueriesContext(connection) as asked:
            assert send(link, GOOD).status_code == 302
        counts.append(len(asked.captured_queries))
    assert max(counts) <= SUBMIT, [query["sql"] for query in asked.captured_queries]
    assert SurveyResponse.objects.count() == 3
    assert SurveyAnswer.objects.count() == 3 * len(GOOD)
