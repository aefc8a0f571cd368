"""The care plan of a year: budget, signature, share done."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.care.models import CareActivity, CarePlan
from tests.service.care.conftest import signed_by
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-84")
def test_a_plan_is_signed_and_shows_what_is_done_of_it(
    project, seller, specialist, service_manager, pages
) -> None:
    page, today = pages(specialist), timezone.localdate()
    form = {"project": project.pk, "year": today.year, "aim": "邻里熟悉"}
    assert page.post("/care/plans/add/", form).status_code == 302
    assert page.post("/care/plans/add/", form).status_code == 422  # one a year
    plan = CarePlan.objects.get()
    url = f"/care/plans/{plan.pk}/"
    assert page.post(f"{url}submit/").status_code == 409
    for title, budget in (("邻里节", "20000"), ("暑期夏令营", "8000"), ("重阳敬老", "5000")):
        line = {"title": title, "planned_on": f"{today:%Y-%m-%d}", "budget": budget}
        assert page.post(f"{url}add/", line).status_code == 302
    other_year = {"title": "x", "planned_on": f"{today.year + 1}-01-01", "budget": "1"}
    assert page.post(f"{url}add/", other_year).status_code == 422
    first, second, third = CareActivity.objects.order_by("pk")
    assert page.post(f"{url}{third.pk}/remove/").status_code == 302
    done = {"done_on": f"{today:%Y-%m-%d}", "spent": "18500.50", "result": "120户参加"}
    early = page.post(f"{url}{first.pk}/done/", done, headers=ENGLISH)
    assert early.status_code == 422
    assert "approved first" in early.content.decode()
    assert page.post(f"{url}submit/").status_code == 302
    assert page.post(f"{url}{second.pk}/remove/").status_code == 409
    signed_by(pages, service_manager, "care.plan")
    assert page.post(f"{url}{first.pk}/done/", done).status_code == 302
    assert page.post(f"{url}{first.pk}/done/", done).status_code == 422
    shown = text_of(page, url)
    assert "1 / 2 · 50%" in shown
    assert "28,000" in shown
    assert "18,500.50" in shown
    listed = text_of(page, "/care/plans/")
    assert "50%" in listed
    assert pages(seller).get("/care/plans/").status_code == 403


def test_a_refused_plan_is_a_draft_again(project, specialist, service_manager, pages) -> None:
    today = timezone.localdate()
    plan = CarePlan.objects.create(project=project, year=today.year)
    CareActivity.objects.create(plan=plan, title="邻里节", planned_on=today, budget=1)
    pages(specialist).post(f"/care/plans/{plan.pk}/submit/")
    plan.refresh_from_db()
    assert plan.state == "waiting"
    refuse = f"/approvals/{plan.approval_id}/refuse/"
    assert pages(service_manager).post(refuse, {"reason": "预算过高"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.approval) == ("draft", None)


def test_the_list_asks_as_often_for_one_as_for_twenty(project, specialist, pages) -> None:
    def add(year: int) -> None:
        plan = CarePlan.objects.create(project=project, year=year)
        CareActivity.objects.create(plan=plan, title="节", planned_on=f"{year}-05-01", budget=1)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pages(specialist).get("/care/plans/").status_code == 200
        return len(queries)

    add(2030)
    asked()
    before = asked()
    for year in range(2031, 2050):
        add(year)
    assert asked() == before
