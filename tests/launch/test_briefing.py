"""The technical briefing: who was not there or failed its test is not assigned to a launch."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.questionnaires.models import AnswerSheet
from customers.launch.models import LaunchSeller, TechnicalBriefing
from customers.models import ProjectLaunch
from tests.documents.signing import paper_in_force
from tests.launch.conftest import gate
from tests.launch.steps import answers, briefed, checked, confirmed_manual, filled_sheet
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db
KEY = "technical-briefing-test"


def assign(client, project, person):
    url = f"/projects/{project.pk}/launch/team/{person.pk}/assign/"
    return client.post(url, headers=ENGLISH)


def hold(client, project, *people, **more):
    form = {
        "held_on": f"{timezone.localdate():%Y-%m-%d}",
        "briefed_by": "设计院 何工",
        "items": "户型与结构",
        "limits": "不承诺学区",
        "people": [person.pk for person in people],
    }
    return client.post(f"/projects/{project.pk}/launch/briefings/add/", form | more)


def do_test(client, project, wrong=0) -> AnswerSheet:
    client.post(f"/questionnaires/{KEY}/begin/", {"subject": str(project.pk)})
    sheet = AnswerSheet.objects.latest("pk")
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    data = {f"q-{code}": value for code, value in answers(KEY, wrong=wrong).items()}
    data["edit_base"] = client.get(url).context["form"].edit_base
    assert client.post(url, data | {"complete": "1"}).status_code == 302
    sheet.refresh_from_db()
    return sheet


@pytest.mark.spec("MKT-58")
def test_who_has_not_passed_the_briefing_is_not_assigned_to_the_launch(
    waiting, pages, marketing, executive, consultant
) -> None:
    browser, own = pages(marketing), pages(consultant)
    refused = assign(browser, waiting, consultant)
    assert refused.status_code == 409
    assert "was not at the technical briefing" in refused.content.decode()
    assert do_test(own, waiting).score == 100  # before the briefing it does not count
    AnswerSheet.objects.update(completed_at=timezone.now() - timedelta(days=2))
    assert hold(browser, waiting, consultant).status_code == 302
    row = TechnicalBriefing.objects.get()
    assert (row.author, row.limits) == (marketing, "不承诺学区")
    assert [one.person for one in row.attendances.all()] == [consultant]
    refused = assign(browser, waiting, consultant)
    assert "has not done the test" in refused.content.decode()
    assert do_test(own, waiting, wrong=2).score == 60
    refused = assign(browser, waiting, consultant)
    assert refused.status_code == 409
    assert "did not pass the test of the technical briefing: 60.0 %" in refused.content.decode()
    assert not LaunchSeller.objects.exists()
    assert do_test(own, waiting, wrong=1).score == 80
    assert assign(browser, waiting, consultant).status_code == 302
    assert LaunchSeller.objects.get().person == consultant
    assert assign(browser, waiting, consultant).status_code == 409
    page = text_of(browser, f"/projects/{waiting.pk}/launch/team/")
    assert all(words in page for words in ("设计院 何工", "test 80.0 %", "Assigned"))


def test_launch_waits_for_a_seller_who_passed(waiting, pages, executive, consultant) -> None:
    now = timezone.now()
    checked(waiting, now)
    confirmed_manual(waiting, now)
    paper_in_force("uniform-wording", waiting, now)
    url = f"/projects/{waiting.pk}/launch/start/"
    refused = pages(executive).post(url, headers=ENGLISH)
    assert refused.status_code == 409
    assert "No consultant who passed" in gate(refused.content.decode(), "briefing")
    briefed(waiting, [consultant], now)
    filled_sheet(KEY, waiting, consultant, now)
    assert assign(pages(executive), waiting, consultant).status_code == 302
    AnswerSheet.objects.filter(questionnaire__key=KEY).update(completed_at=now - timedelta(days=3))
    refused = pages(executive).post(url, headers=ENGLISH)
    assert "has not passed the technical briefing" in gate(refused.content.decode(), "briefing")
    assert not ProjectLaunch.objects.filter(project=waiting).exists()
    filled_sheet(KEY, waiting, consultant, timezone.now())
    assert pages(executive).post(url).status_code == 302


def test_a_briefing_to_come_or_without_anybody_is_not_kept(
    waiting, pages, marketing, consultant
) -> None:
    later = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    assert hold(pages(marketing), waiting, consultant, held_on=later).status_code == 422
    assert hold(pages(marketing), waiting).status_code == 422
    assert hold(pages(consultant), waiting, consultant).status_code == 403
    assert not TechnicalBriefing.objects.exists()


def test_nobody_reads_the_answers_of_a_colleague_in_a_test(
    waiting, pages, consultant, consultant_b, marketing
) -> None:
    sheet = filled_sheet(KEY, waiting, consultant, timezone.now())
    url = f"/questionnaires/sheets/{sheet.pk}/"
    assert pages(consultant_b).get(url).status_code == 404
    assert pages(consultant).get(url).status_code == 200
    assert pages(marketing).get(url).status_code == 200


def test_seller_is_taken_off_again(waiting, pages, executive, consultant) -> None:
    now = timezone.now()
    briefed(waiting, [consultant], now)
    filled_sheet(KEY, waiting, consultant, now)
    assign(pages(executive), waiting, consultant)
    url = f"/projects/{waiting.pk}/launch/team/{consultant.pk}/release/"
    assert pages(executive).post(url).status_code == 302
    assert not LaunchSeller.objects.exists()
    assert pages(executive).post(url).status_code == 409
