"""Figures equal the rows they open; stages, change, tables, models, staff beside customers."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from crm_site.outbox.models import Message
from crm_site.questionnaires.services import ensure_default
from service.surveys.defaults import ACSI, KANO, STAFF, YEARLY
from service.surveys.models import Survey, SurveyInvitation, SurveyResponse
from service.surveys.report_models import QualitySheet, SatisfactionAlert
from service.surveys.services.answering import answer
from service.surveys.services.inviting import guest_of, invite
from service.surveys.services.monitoring import make_sheets, plan_year, watch_drops
from service.surveys.tasks import watch_satisfaction
from service.tickets.models import Ticket
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
WORDS = ("very_bad", "bad", "fair", "good", "very_good")
D = Decimal


@pytest.fixture
def answered(seller, now) -> Callable[..., list[SurveyResponse]]:
    """Let as many customers answer as there are answers given."""
    count = 0

    def act(survey: Survey, given: list[dict[str, str]], at=now, **more: Any) -> list[Any]:
        nonlocal count
        owner = more.pop("owner", seller)
        guests = []
        for _each in given:
            count += 1
            customer = CustomerFactory(owner=owner)
            guests.append(guest_of(customer, source=f"test:{count}", **more))
        invite(survey=survey, guests=guests, now=at)
        rows = SurveyInvitation.objects.select_related("survey").filter(
            survey=survey, used_at__isnull=True
        )
        return [
            answer(invitation=row, answers=one, now=at)
            for row, one in zip(rows.order_by("pk"), given, strict=True)
        ]

    return act


def word(number: int, nps: int = 8) -> dict[str, str]:
    return {"q1": WORDS[number - 1], "q2": "3", "q3": "3", "q4": str(nps)}


def count_of(client, url: str) -> int:
    """Return how many rows a list shows, over all of its pages."""
    return client.get(url).context["page"].count


def links_in(page: Any) -> list[tuple[str, int]]:
    """Return every link to answers with the number printed on it."""
    found = re.findall(r'<a href="([^"]*answers/\?[^"]+)">(\d+)</a>', page.content.decode())
    return [(url.replace("&amp;", "&"), int(number)) for url, number in found]


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
        for column, (n, _query) in enumerate(row["cells"])
        if n
    }
    assert found == {(4, 10): 4, (1, 10): 1, (1, 0): 3}
    assert (table["n"], sum(table["sums"]), sum(row["sum"] for row in table["rows"])) == (8, 8, 8)
    assert table["is_few"]
    cell = next(query for n, query in table["rows"][1]["cells"] if n == 3)
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


@pytest.mark.spec("SVC-61")
def test_the_staff_is_asked_without_names_and_shown_from_five_answers(
    client, make_survey, answered, org, manager
) -> None:
    now = timezone.now()
    people = [UserFactory(node=org.team_a) for _each in range(7)]
    survey = make_survey(trigger="staff", questionnaire=ensure_default(STAFF), at=now)
    rows = list(survey.invitations.select_related("survey").order_by("pk"))
    assert {row.person_id for row in rows} >= {one.pk for one in people}
    assert Message.objects.filter(kind="survey.staff").count() == len(rows)
    given = {"q1": "3", "q2": "4", "q3": "2"}
    for row in rows[:4]:
        answer(invitation=row, answers=given, now=now)
    hidden = client.get(survey.get_absolute_url())
    assert hidden.context["is_hidden"]
    month = timezone.localdate(now).strftime("%Y-%m")
    assert client.get(f"/satisfaction/?month={month}").context["trend"][-1].staff is None
    answer(invitation=rows[4], answers=given, now=now)
    one = SurveyResponse.objects.order_by("pk").last()
    assert (one.invitation, one.customer, one.adviser, one.is_low) == (None, None, None, True)
    assert timezone.localtime(one.at).time().isoformat() == "00:00:00"
    assert client.get(survey.get_absolute_url()).context["questions"][0].n == 5
    assert client.get(f"{survey.get_absolute_url()}answers/").status_code == 404
    visits = make_survey(at=now)
    answered(visits, [word(4)] * 2, at=now)
    page = client.get(f"/satisfaction/?month={month}")
    last = page.context["trend"][-1]
    assert (last.customers, last.n, last.staff, last.staff_n) == (D("8"), 2, D("3"), 5)
    chart = page.content.decode().split('<svg class="sv-c"')[1].split("</svg>")[0]
    assert 'class="a"' in chart
    assert 'class="b"' in chart
    assert page.context["figures"].answers == 2  # never mixed
    assert not Ticket.objects.exists()


@pytest.mark.spec("SVC-52")
def test_a_fall_of_more_than_half_a_point_alarms_once(
    client, make_survey, answered, manager, seller, org, now
) -> None:
    survey = make_survey(at=now)
    answered(survey, [word(5)] * 5, at=now - timedelta(days=31))
    answered(survey, [word(5)] * 3 + [word(4)] * 2, at=now)  # 10 -> 9.2
    other = UserFactory(username="wu", node=org.team_b)
    more = {"owner": other, "project": org.project_two}
    answered(survey, [word(5)] * 8, at=now - timedelta(days=31), **more)
    answered(survey, [word(5)] * 6 + [word(4)] * 2, at=now, **more)  # 10 -> 9.5: not more
    june = now + timedelta(days=20)
    assert watch_drops(now=june) == 2  # the project and the person
    assert watch_drops(now=june) == 0
    found = SatisfactionAlert.objects.values_list("project", "person", "before", "after")
    assert set(found) == {
        (org.project_one.pk, None, D("10.00"), D("9.20")),
        (None, seller.pk, D("10.00"), D("9.20")),
    }
    told = Message.objects.filter(kind="survey.dropped", recipient=manager)
    assert told.count() == 2
    page = client.get("/satisfaction/").content.decode()
    assert "10.00 → 9.20" in page
    assert seller.name in page


@pytest.mark.spec("SVC-48")
def test_the_yearly_survey_is_planned_once_and_missed_in_time(manager, now, client) -> None:
    survey = plan_year(now=now)
    assert (survey.year, survey.state, survey.trigger) == (2026, "draft", "audience")
    assert plan_year(now=now + timedelta(days=1)) is None
    assert not Message.objects.filter(kind="survey.yearly_missing").exists()
    october = now + timedelta(days=140)
    plan_year(now=october)
    plan_year(now=october + timedelta(days=1))
    assert Message.objects.filter(kind="survey.yearly_missing", recipient=manager).count() == 1
    Survey.objects.filter(pk=survey.pk).update(
        state="open", version=survey.questionnaire.latest(), opened_at=october
    )
    plan_year(now=october + timedelta(days=40))
    assert Message.objects.filter(kind="survey.yearly_missing").count() == 1
    assert survey.title in client.get("/surveys/").content.decode()


@pytest.mark.spec("SVC-53")
def test_a_sheet_for_each_project_and_month(
    client, make_survey, answered, project, org, now
) -> None:
    signing = make_survey(trigger="signing")
    answered(signing, [word(5)] * 2 + [word(2)])
    answered(make_survey(trigger="handover", title="交付"), [word(1)])
    TicketFactory(project=project, customer=None, stage="in_sale")
    TicketFactory(project=project, customer=None, stage="after_sale")
    june = now + timedelta(days=20)
    assert make_sheets(now=june) == 3
    assert make_sheets(now=june) == 0
    sheet = QualitySheet.objects.get(project=project)
    assert (sheet.month_on, sheet.ratings, sheet.satisfied) == (date(2026, 5, 1), 3, 2)
    assert (sheet.mean, sheet.complaints, sheet.checks) == (D("8.00"), 1, 0)
    page = client.get("/satisfaction/sales/")
    assert {row.project.name for row in page.context["rows"]} == {"云栖里", "江南里"}
    assert "8.00" in page.content.decode()
    url, number = next((u, n) for u, n in links_in(page) if n == 3)
    assert count_of(client, url) == number


def test_the_nightly_job_runs_twice(manager) -> None:
    assert watch_satisfaction()["planned"] == 1
    assert watch_satisfaction()["planned"] == 0


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
