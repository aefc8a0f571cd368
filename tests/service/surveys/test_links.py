"""One-answer links: used once, never guessed, nothing shown afterwards (A-10)."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.common.logs import clean
from crm_site.outbox.models import Message
from service.surveys.models import SurveyAnswer, SurveyInvitation, SurveyResponse
from service.surveys.rules.links import hash_of, new_token
from service.surveys.services.opening import close_survey
from service.tickets.models import Ticket
from tests.service.surveys.conftest import GOOD, LOW, ask, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def test_a_phone_gets_the_questions_and_answers_once(make_survey, buyer, now) -> None:
    survey = make_survey()
    token = ask(survey, buyer, now)
    page = Client().get(f"/s/{token}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "非常满意" in text or "Very satisfied" in text
    assert buyer.name not in text
    done = send(token, GOOD)
    assert (done.status_code, done["Location"]) == (302, f"/s/{token}/")
    response = SurveyResponse.objects.get()
    assert (response.customer, response.rating, response.recommends) == (buyer, 10, 10)
    assert (response.project, response.is_low, response.stage) == (buyer.project, False, "pre_sale")
    answers = {one.question: one for one in response.answers.all()}
    assert (answers["q1"].scale, answers["q1"].value, answers["q1"].points) == (
        "words-5",
        "very_good",
        100,
    )
    thanks = Client().get(f"/s/{token}/")
    assert thanks.status_code == 200
    assert "非常满意" not in thanks.content.decode()
    assert "q-q1" not in thanks.content.decode()


@pytest.mark.spec("SVC-46")
def test_raw_and_normalised_values_are_kept_with_their_scale(make_survey, buyer, now) -> None:
    token = ask(make_survey(), buyer, now)
    send(token, GOOD | {"q-q1": "good", "q-q2": "2", "q-q4": "7"})
    kept = {
        one.question: (one.scale, one.value, None if one.points is None else float(one.points))
        for one in SurveyAnswer.objects.all()
    }
    assert kept == {
        "q1": ("words-5", "good", 75.0),
        "q2": ("1-5", "2", 25.0),
        "q3": ("1-5", "5", 100.0),
        "q4": ("nps", "7", 70.0),
    }
    assert SurveyResponse.objects.get().rating == 8  # out of ten, comparable with other scales


def test_missing_and_foreign_answers_are_marked_and_nothing_is_kept(
    make_survey, buyer, now
) -> None:
    token = ask(make_survey(), buyer, now)
    answer = send(token, {"q-q1": "splendid", "q-q4": "10"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('id="err-q') == 3
    assert 'value="10" checked' in page  # what was given stays
    assert not SurveyResponse.objects.exists()
    assert SurveyInvitation.objects.get().used_at is None
    assert send(token, GOOD).status_code == 302


def test_a_replay_changes_nothing(make_survey, buyer, now) -> None:
    token = ask(make_survey(), buyer, now)
    send(token, LOW)
    again = send(token, GOOD)
    assert again.status_code == 200
    assert "等了很久" not in again.content.decode()
    assert SurveyResponse.objects.get().rating == 4
    assert Ticket.objects.filter(source="survey").count() == 1


@pytest.mark.check("A-10")
def test_replays_show_nothing_and_end_in_429(make_survey, buyer, now) -> None:
    token = ask(make_survey(), buyer, now)
    assert send(token, LOW).status_code == 302
    for _each in range(20):
        again = send(token, GOOD)
        assert again.status_code == 200
        assert LOW["q-q5"] not in again.content.decode()
    assert send(token, GOOD).status_code == 429
    assert Client().get(f"/s/{token}/").status_code == 429
    assert SurveyResponse.objects.get().rating == 4


def test_the_page_says_how_far_one_is(make_survey, buyer, now) -> None:
    token = ask(make_survey(), buyer, now)
    page = Client().get(f"/s/{token}/").content.decode()
    assert '<progress max="5" value="0" aria-labelledby="progress-l"' in page
    half = send(token, {"q-q1": "good", "q-q2": "4"})
    assert half.status_code == 422
    assert '<progress max="5" value="2"' in half.content.decode()


def test_a_link_that_ended_says_so_and_shows_nothing(make_survey, buyer, now) -> None:
    survey = make_survey()
    token = ask(survey, buyer, now - timedelta(days=15))
    for answer in (Client().get(f"/s/{token}/"), send(token, GOOD)):
        assert answer.status_code == 410
        assert buyer.name not in answer.content.decode()
        assert survey.title not in answer.content.decode()
    assert not SurveyResponse.objects.exists()


@pytest.mark.check("A-10")
def test_guesses_find_nothing_and_end_in_429(make_survey, buyer, now, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    token = ask(make_survey(), buyer, now)
    client = Client()
    neighbours = [token[:-1] + sign for sign in "0Az" if sign != token[-1]]
    guesses = [*neighbours, token.swapcase(), token[:-1], "x" * 22, "..", "1' OR '1'='1"]
    guesses += [new_token() for _each in range(20 - len(guesses))]
    for guess in guesses:
        answer = client.get(f"/s/{guess}/")
        assert answer.status_code == 404
        assert buyer.name not in answer.content.decode()
    assert client.get(f"/s/{new_token()}/").status_code == 429
    blocked = client.post(f"/s/{token}/", GOOD)  # even the right one, from there, for a while
    assert blocked.status_code == 429
    assert not SurveyResponse.objects.exists()
    assert Client(REMOTE_ADDR="203.0.113.9").get(f"/s/{token}/").status_code == 200
    stored = {str(value) for row in SurveyInvitation.objects.values() for value in row.values()} | {
        str(one.params) for one in Message.objects.all()
    }
    assert not any(token in value for value in stored)
    assert hash_of(token) in stored
    assert token not in clean(f"GET /s/{token}/ 200")
    assert not any(token in clean(record.getMessage()) for record in caplog.records)


def test_a_million_guesses_hit_nothing(make_survey, buyer, now) -> None:
    survey = make_survey()
    for _each in range(20):
        ask(survey, buyer, now)
    kept = set(SurveyInvitation.objects.values_list("token_hash", flat=True))
    assert len(kept) == 20
    assert not any(hash_of(f"{number:022d}") in kept for number in range(1_000_000))


def test_the_page_keeps_to_itself(make_survey, buyer, now) -> None:
    answer = Client().get(f"/s/{ask(make_survey(), buyer, now)}/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "sessionid" not in answer.cookies


@pytest.mark.spec("SVC-45")
def test_a_closed_survey_refuses_answers_and_the_rate_stays(
    client, make_survey, buyer, seller, manager, now
) -> None:
    survey = make_survey()
    links = [ask(survey, buyer, now) for _each in range(4)]
    send(links[0], GOOD)
    close_survey(survey=survey, actor=manager, now=timezone.now())
    assert send(links[1], GOOD).status_code == 410
    assert SurveyResponse.objects.count() == 1
    page = client.get(survey.get_absolute_url()).content.decode()
    assert "<b>25" in page.split('id="response-rate"')[1][:40]
    assert Message.objects.filter(kind="survey.link", state="suppressed").count() == 4


def test_an_answer_is_cheap(make_survey, buyer, now) -> None:
    """The link, the rules, the claim, the answer, its parts, the table of feedback: no more."""
    survey = make_survey()
    send(ask(survey, buyer, now), GOOD)  # fills what is read once for each process
    for given in (GOOD, GOOD | {"q-q5": "管家很负责"}):
        token = ask(survey, buyer, now)
        with CaptureQueriesContext(connection) as taken:
            assert send(token, given).status_code == 302
        statements = [one["sql"] for one in taken.captured_queries]
        assert len(statements) <= 11, statements  # with begin, commit and a savepoint
        assert not any("FOR UPDATE" in one for one in statements)


@pytest.mark.check("A-10")
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_answer_and_one_ticket(make_survey, buyer, now) -> None:
    token = ask(make_survey(), buyer, now)
    start, states = threading.Barrier(20), []

    def post() -> None:
        start.wait()
        try:
            states.append(send(token, LOW).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _each in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(states)) in ([302], [200, 302])
    assert len(states) == 20
    assert SurveyResponse.objects.count() == 1
    assert SurveyAnswer.objects.count() == 5
    assert Ticket.objects.filter(source="survey").count() == 1
