"""Reports, measures, reviews, summaries and weeks over the API."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from analytics.reviews.meeting_models import Filing, ManagementReview, WeeklyReport
from analytics.reviews.report_models import Measure
from analytics.reviews.services.publishing import publish_report
from tests.analytics.reviews.conftest import FIRST, written
from tests.api.conftest import Program
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_for):
    return lambda user: Program(client_for(user))


@pytest.fixture
def away(org):
    return UserFactory(role="service_manager", node=org.region_south)


@pytest.fixture
def measure(report, chief, org):
    return Measure.objects.create(
        report=report,
        region=org.region_east,
        kpi="csat",
        cause="等候过久",
        what="周末增派",
        owner=make_user(org, "specialist"),
        due_on=date(2030, 1, 1),
        first_due_on=date(2030, 1, 1),
        created_by=chief,
    )


def ids(answer) -> list[int]:
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


def test_reports_with_their_figures_are_for_the_region(
    api, figures, report, chief, head, away, org
):
    for reader, seen in ((chief, 1), (head, 1), (away, 0)):
        assert ids(api(reader).get("performance-reports/")) == [report.pk] * seen
    assert api(make_user(org, "supervisor")).get("performance-reports/").status_code == 403
    row = api(chief).get(f"performance-reports/{report.pk}/").json()
    assert (row["number"], row["place"], row["state"]) == (report.number, "华东区域", "open")
    assert {one["kpi"] for one in row["figures"]} == set(
        report.figures.values_list("kpi", flat=True)
    )
    assert api(away).get(f"performance-reports/{report.pk}/").status_code == 404
    assert ids(api(chief).get("performance-reports/", {"state": "published"})) == []


def test_a_measure_is_reported_done_by_its_owner(api, figures, measure, chief, away, org) -> None:
    own, url = api(measure.owner), f"measures/{measure.pk}/"
    assert ids(own.get("measures/")) == [measure.pk]
    assert ids(api(make_user(org, "marketing")).get("measures/")) == []
    assert api(away).get(url).status_code == 404
    assert own.post(f"{url}finish/", {"result": " "}).status_code == 400
    done = own.post(f"{url}finish/", {"result": "等候由40降到18分钟"}, key="m1")
    assert (done.status_code, done.json()["result"]) == (200, "等候由40降到18分钟")
    assert own.post(f"{url}finish/", {"result": "等候由40降到18分钟"}, key="m1").status_code == 200
    assert own.post(f"{url}finish/", {"result": "再来"}).status_code == 409
    measure.refresh_from_db()
    assert measure.done_on == timezone.localdate()


def test_a_summary_is_handed_in_and_commented(api, figures, report, chief, head, away, org, now):
    row = Filing.objects.create(
        region=org.region_east,
        starts_on=FIRST.starts_on,
        ends_on=FIRST.ends_on,
        due_on=timezone.localdate() + timedelta(days=3),
    )
    url = f"filings/{row.pk}/"
    assert api(chief).get(url).json()["state"] == "expected"
    assert api(away).get(url).status_code == 404
    assert api(chief).post(f"{url}hand-in/", {"summary": "平稳"}).status_code == 409  # no report
    assert api(head).post(f"{url}comment/", {"comment": "请补充"}).status_code == 409
    written(report, chief, now)
    publish_report(report=report, actor=chief, now=now)
    assert api(head).post(f"{url}hand-in/", {"summary": "代交"}).status_code == 403
    handed = api(chief).post(f"{url}hand-in/", {"summary": "平稳"}).json()
    assert (handed["state"], handed["report"]) == ("in_time", report.pk)
    said = api(head).post(f"{url}comment/", {"comment": "请补充客诉分析"})
    assert said.json()["comment"] == "请补充客诉分析"
    assert (
        api(make_user(org, "service_manager")).post(f"{url}comment/", {"comment": "x"}).status_code
        == 403
    )


def test_reviews_and_weeks_are_read(api, chief, away, org, now) -> None:
    review = ManagementReview.objects.create(kind="annual", year=2026, region=org.region_east)
    review.decisions.create(text="增设周末客服", at=now, by=chief)
    row = api(chief).get(f"management-reviews/{review.pk}/").json()
    assert [one["text"] for one in row["decisions"]] == ["增设周末客服"]
    assert ids(api(away).get("management-reviews/")) == []
    line = {"source": "measures", "owner": "林", "due": "", "done": "", "url": "/", "state": "late"}
    week = WeeklyReport.objects.create(
        week_on=date(2026, 5, 11),
        made_at=now,
        lines=[
            line | {"title": "东", "region": org.region_east.pk},
            line | {"title": "南", "region": org.region_south.pk},
            line | {"title": "公司", "region": None},
        ],
    )
    for reader, seen in ((chief, ["东", "公司"]), (away, ["南", "公司"])):
        found = api(reader).get(f"weekly-reports/{week.pk}/").json()["lines"]
        assert [one["title"] for one in found] == seen


def test_a_list_of_reports_asks_no_more_for_more_rows(
    api, figures, report, chief, django_assert_max_num_queries
) -> None:
    program = api(chief)
    with django_assert_max_num_queries(14):
        assert ids(program.get("performance-reports/")) == [report.pk]
