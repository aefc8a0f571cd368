"""Figures equal the rows they open; stages, change, tables, models, staff beside customers."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from crm_site.questionnaires.services import ensure_default
from service.surveys.defaults import ACSI, KANO, YEARLY
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.service.surveys.conftest import count_of, links_in, word

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.mark.spec("SVC-46")
def test_every_figure_opens_as_many_rows_as_it_says(
    client, make_survey, answered, org, now
) -> None:
    survey = make_survey()
    answered(survey, [word(5, 10)] * 3 + [word(4, 9), word(3, 7), word(2, 5), word(1, 0)])
    other = UserFactory(username="wu", node=org.team_b)
    answered(survey, [word(5, 10), word(1, 1)], owner=other, project=org.project_two)
    page = client.get(survey.get_absolute_url())
    figures = page.context["figures"]
    assert (figures.csat.satisfied, figures.csat.n, figures.csat.is_few) == (5, 9, True)
    assert (figures.nps.promoters, figures.nps.passives, figures.nps.detractors) == (5, 1, 3)
    assert figures.mean.mean == pytest.approx((10 * 4 + 8 + 6 + 4 + 2 * 2) / 9)
    links = links_in(page)
    assert len(links) > 30
    for url, number in links:
        assert count_of(client, url) == number, url
    here = f"{survey.get_absolute_url()}answers/"
    assert count_of(client, f"{here}?box=satisfied") == figures.csat.satisfied
    assert count_of(client, f"{here}?rated=true") == figures.mean.n
    assert count_of(client, f"{here}?recommending=true") == figures.nps.n
    few = gettext("fewer than %(few)s") % {"few": 30}
    assert f"{few}</span>" in page.content.decode()


@pytest.mark.spec("SVC-47")
def test_stages_by_project_and_month_and_their_documented_overall(
    client, make_survey, answered, org, now
) -> None:
    surveys = {
        trigger: make_survey(trigger=trigger, title=trigger)
        for trigger in ("visit", "signing", "handover")
    }
    for trigger, fours in (("visit", 9), ("signing", 7), ("handover", 5)):  # 4.1, 4.3, 4.5
        answered(surveys[trigger], [word(4)] * fours + [word(5)] * (10 - fours))
    answered(surveys["visit"], [word(1)] * 5, at=now - timedelta(days=31))
    page = client.get("/satisfaction/?month=2026-05")
    line, whole = page.context["lines"][0], page.context["whole"]
    assert [cell.score for cell in line.cells] == [D("4.10"), D("4.30"), D("4.50")]
    assert [cell.n for cell in line.cells] == [10, 10, 10]
    assert (line.name, line.overall, whole.overall) == (org.project_one.name, D("4.30"), D("4.30"))
    text = page.content.decode()
    assert "4.30" in text.split('id="stages"')[1]
    for url, number in links_in(page):
        assert count_of(client, url) == number, url
    april = client.get("/satisfaction/?month=2026-04").context["whole"]
    assert [cell.n for cell in april.cells] == [5, 0, 0]
    assert april.overall == D("1.00")


@pytest.mark.spec("SVC-57")
def test_the_rate_of_improvement_stands_on_the_page(client, make_survey, answered, now) -> None:
    survey = make_survey(questionnaire=ensure_default(YEARLY))
    last = [{"q1": "8", "q2": "8"}] * 4
    this = [{"q1": "8", "q2": "8"}, {"q1": "9", "q2": "8"}]
    answered(survey, last, at=now - timedelta(days=31))
    answered(survey, this)
    page = client.get("/satisfaction/?month=2026-05")
    assert (page.context["change"]["last"], page.context["change"]["this"]) == (D("8"), D("8.5"))
    assert "6.25 %" in page.content.decode().split('id="improvement"')[1][:120]
    none = client.get("/satisfaction/?month=2026-01").content.decode()
    assert "--" in none.split('id="improvement"')[1][:120]


@pytest.mark.spec("SVC-67")
def test_five_words_by_project_with_zeros_and_n(client, make_survey, answered, org, now) -> None:
    survey = make_survey(trigger="signing")
    answered(survey, [word(5)] * 20 + [word(4)] * 23 + [word(3)])
    other = UserFactory(username="wu", node=org.team_b)
    answered(survey, [word(4)] * 7 + [word(1)] * 2, owner=other, project=org.project_two)
    page = client.get(survey.get_absolute_url())
    first = page.context["questions"][0]
    assert [one.count for one in first.bars] == [2, 0, 1, 30, 20]
    assert abs(sum(one.share for one in first.bars) - 100) <= D("0.1")
    lines = {line.name: line for line in page.context["projects"]}
    assert [float(lines[name].bars[0].share) for name in ("云栖里", "江南里")] == [97.7, 77.8]
    assert [lines[name].figures.answers for name in ("云栖里", "江南里")] == [44, 9]
    for line in lines.values():
        assert abs(sum(one.share for one in line.bars) - 100) <= D("0.1")
    one = client.get(f"{survey.get_absolute_url()}answers/?answer=q1%3Dbad")
    assert one.context["page"].count == 0


@pytest.mark.spec("SVC-55")
def test_a_cross_table_equals_its_reference_and_opens_its_cells(
    client, make_survey, answered, now
) -> None:
    survey = make_survey()
    given = [word(5, 10)] * 4 + [word(2, 10)] * 1 + [word(2, 0)] * 3
    answered(survey, given)
    page = client.get(f"{survey.get_absolute_url()}?rows=q1&columns=q4")
    table = page.context["cross"]
    found = {
        (place, column): n
        for place, row in enumerate(table["rows"])
        for column, (n, _query, _heat) in enumerate(row["cells"])
        if n
    }
    assert found == {(4, 10): 4, (1, 10): 1, (1, 0): 3}
    assert (table["n"], sum(table["sums"]), sum(row["sum"] for row in table["rows"])) == (8, 8, 8)
    assert table["is_few"]
    cell = next(query for n, query, heat in table["rows"][1]["cells"] if (n, heat) == (3, 3))
    assert count_of(client, f"{survey.get_absolute_url()}answers/?{cell}") == 3
    url = f"{survey.get_absolute_url()}answers/?" + urlencode(
        {"answer": "q1=bad", "and_answer": "q4=0"}
    )
    assert count_of(client, url) == 3


@pytest.mark.spec("SVC-58")
def test_kano_features_stand_in_the_order_of_their_priority(
    client, make_survey, answered, now
) -> None:
    form = ensure_default(KANO)
    survey = make_survey(questionnaire=form, method="kano")
    options = form.latest().outline.sections[0].questions[0].options
    like, expect, neutral, _live, dislike = options
    must = {"q1": expect, "q2": dislike}
    plain = {"q3": neutral, "q4": neutral}
    answered(
        survey,
        [
            must | plain | {"q5": like, "q6": expect},
            must | plain | {"q5": like, "q6": neutral},
            must | plain | {"q5": dislike, "q6": like},
        ],
    )
    page = client.get(survey.get_absolute_url())
    lines = [
        (line["feature"].kind.value, line["feature"].n) for line in page.context["kano"]["lines"]
    ]
    assert lines == [("M", 3), ("A", 3), ("I", 3)]
    assert page.context["kano"]["lines"][1]["counts"] == [0, 0, 2, 0, 1, 0]
    assert 'id="kano"' in page.content.decode()


@pytest.mark.spec("SVC-59")
def test_the_index_is_computed_as_documented(client, make_survey, answered, now) -> None:
    survey = make_survey(questionnaire=ensure_default(ACSI), method="acsi")
    low = {f"q{n}": "4" for n in (1, 2, 3, 4, 5, 6, 7, 9)} | {"q8": "yes", "q10": "5"}
    high = {f"q{n}": "10" for n in (1, 2, 3, 4, 5, 6, 7, 9)} | {"q8": "no", "q10": "10"}
    answered(survey, [low, high, high])
    page = client.get(survey.get_absolute_url())
    index = page.context["index"]
    # satisfaction: three questions of mean 8 -> (8 - 1) / 9 x 100
    assert round(index.value, 1) == D("77.8")
    assert [round(line.value, 1) for line in index.lines] == [
        *(D("77.8"), D("77.8"), D("77.8"), D("77.8")),
        D("33.3"),  # a third complained
        D("77.8"),
    ]
    assert "77.8" in page.content.decode().split('id="acsi-index"')[1][:12]


def test_an_index_needs_six_sections(client, form) -> None:
    given = {"title": "指数", "questionnaire": form.pk, "trigger": "audience", "method": "acsi"}
    answer = client.post("/surveys/add/", given | {"seed": 1, "link_days": 7, "remind_days": 0})
    assert answer.status_code == 422
    assert "questionnaire" in answer.context["form"].errors


@pytest.mark.spec("SVC-60")
def test_kinds_of_loyalty_sum_to_all(client, make_survey, answered, now) -> None:
    survey = make_survey()
    answered(
        survey,
        [word(5, 10)] * 4 + [word(4, 8)] * 3 + [word(3, 9)] * 2 + [word(1, 0)],
    )
    loyalty = client.get(survey.get_absolute_url()).context["loyalty"]
    assert [line["count"] for line in loyalty["lines"]] == [4, 3, 2, 1]
    assert loyalty["total"] == 10
    for line in loyalty["lines"]:
        url = f"{survey.get_absolute_url()}answers/?{line['query']}"
        assert count_of(client, url) == line["count"]


def test_others_see_only_their_projects(client_for, make_survey, answered, org, now) -> None:
    survey = make_survey()
    answered(survey, [word(5)])
    other = UserFactory(username="wu", node=org.team_b)
    answered(survey, [word(1)] * 2, owner=other, project=org.project_two)
    chief = client_for(make_user(org, "supervisor"))
    page = chief.get(survey.get_absolute_url())
    assert page.context["figures"].answers == 1
    assert count_of(chief, "/satisfaction/answers/") == 1
    south = UserFactory(username="sun", role="service_manager", node=org.region_south)
    assert client_for(south).get(survey.get_absolute_url()).status_code == 404
    seller = client_for(make_user(org, "consultant"))
    assert seller.get("/surveys/").status_code == 403
    assert seller.get("/satisfaction/").status_code == 403
    assert chief.get("/surveys/add/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/surveys/", "/satisfaction/answers/", "/satisfaction/", "detail", "answers"]
)
def test_more_rows_ask_no_more_questions(client, make_survey, answered, org, now, path) -> None:
    survey = make_survey()
    here = {"detail": survey.get_absolute_url()}
    here["answers"] = f"{here['detail']}answers/"
    url = here.get(path, path)
    answered(survey, [word(5)])
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    answered(survey, [word(number % 5 + 1) for number in range(19)])
    for number in range(19):
        make_survey(title=f"第{number}次")
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) <= len(one)


def test_the_interface_reads_surveys_and_answers_without_names(
    client, make_survey, answered, seller, now
) -> None:
    survey = make_survey()
    answered(survey, [word(5), word(1)])
    found = client.get("/api/v1/surveys/").json()["results"]
    assert [(one["id"], one["state"]) for one in found] == [(survey.pk, "open")]
    rows = client.get("/api/v1/survey-responses/?box=satisfied").json()["results"]
    assert [(one["rating"], len(one["answers"])) for one in rows] == [("10.00", 4)]
    assert not {"customer", "adviser", "invitation"} & set(rows[0])
    one = client.get(f"/api/v1/survey-responses/{rows[0]['id']}/")
    assert one.status_code == 200
    assert client.post("/api/v1/surveys/", {}).status_code == 405
