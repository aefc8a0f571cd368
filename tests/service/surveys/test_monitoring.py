"""What the jobs make of the answers, and the staff beside the customers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.questionnaires.services import ensure_default
from service.surveys.defaults import STAFF
from service.surveys.models import Survey, SurveyResponse
from service.surveys.report_models import QualitySheet, SatisfactionAlert
from service.surveys.services.answering import answer
from service.surveys.services.monitoring import make_sheets, plan_year, watch_drops
from service.surveys.tasks import watch_satisfaction
from service.tickets.models import Ticket
from tests.factories import UserFactory
from tests.service.factories import TicketFactory
from tests.service.surveys.conftest import count_of, links_in, word

pytestmark = pytest.mark.django_db
D = Decimal


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
    part = page.content.decode().split('id="trd"')[1]
    chart = part.split('<svg class="sv-c"')[1].split("</svg>")[0]
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
