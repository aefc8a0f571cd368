"""The upkeep of older estates: plans with owner, items, money and result (SVC-101)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.repairs.models import UpkeepItem, UpkeepPlan
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-101")
def test_a_plan_has_an_owner_its_items_money_and_results(
    client, project, manager, specialist, org
) -> None:
    browser = sign_in(client, manager)
    form = {"project": project.pk, "name": "2026 年度", "owner": specialist.pk, "goal": "屋面"}
    assert browser.post("/estates/add/", form | {"owner": ""}).status_code == 422
    assert browser.post("/estates/add/", form).status_code == 302
    assert browser.post("/estates/add/", form).status_code == 422  # the name is taken
    plan = UpkeepPlan.objects.get()
    here = f"/estates/{plan.pk}/"
    item = {
        "title": "更换外墙涂料",
        "part": "decoration",
        "asked_by": "业委会",
        "cost": "50000",
        "due_on": "2026-09-30",
        "state": "planned",
    }
    assert browser.post(f"{here}add/", item).status_code == 302
    assert browser.post(f"{here}add/", item | {"cost": "-1"}).status_code == 422
    row = UpkeepItem.objects.get()
    address = f"/estates/items/{row.pk}/"
    done = item | {"state": "done", "spent": "48000.50"}
    assert browser.post(address, done).status_code == 422  # without its result
    assert browser.post(address, done | {"result": "三栋外墙已刷"}).status_code == 302
    page = browser.get(here).content.decode()
    assert "三栋外墙已刷" in page
    assert "48,000.50" in page
    [shown] = browser.get("/estates/").context["rows"]
    assert (shown.owner, shown.done_count, shown.item_count) == (specialist, 1, 1)
    assert (shown.planned_cost, shown.paid_cost) == (Decimal(50000), Decimal("48000.50"))
    assert browser.post(f"{here}edit/", form | {"name": "2026 屋面"}).status_code == 302
    assert "2026 屋面" in browser.get("/estates/").content.decode()
    far = sign_in(client, make_user(org, "finance"))
    assert far.get("/estates/add/").status_code == 403
    assert far.get(address).status_code == 403


def test_an_owner_is_of_the_own_region_but_one_who_stands_stays(
    client, project, manager, org
) -> None:
    far = UserFactory(role="engineering", node=org.project_three.node)
    browser = sign_in(client, manager)
    form = {"project": project.pk, "name": "2026", "owner": far.pk, "goal": "屋面"}
    assert browser.post("/estates/add/", form).status_code == 422
    assert far.name not in browser.get("/estates/add/").content.decode()
    plan = UpkeepPlan.objects.create(project=project, name="2026", owner=far)
    assert browser.post(f"/estates/{plan.pk}/edit/", form | {"name": "2027"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.owner) == ("2027", far)


def test_what_is_dropped_does_not_count_and_others_see_nothing(
    client, project, manager, org
) -> None:
    plan = UpkeepPlan.objects.create(project=project, name="2026", owner=manager)
    for state in ("planned", "dropped"):
        UpkeepItem.objects.create(
            plan=plan,
            title=state,
            part="services",
            cost=100,
            due_on=date(2026, 1, 1),
            state=state,
            result="取消" if state == "dropped" else "",
        )
    browser = sign_in(client, manager)
    [shown] = browser.get("/estates/").context["rows"]
    assert (shown.item_count, shown.planned_cost) == (1, Decimal(100))
    far = make_user(org, "specialist")
    far.node = org.project_two.node
    far.save()
    browser = sign_in(client, far)
    assert browser.get(f"/estates/{plan.pk}/").status_code == 404
    assert browser.get("/estates/").context["rows"] == []


def test_the_list_asks_as_often_for_one_as_for_twenty(client, project, manager) -> None:
    browser = sign_in(client, manager)
    UpkeepPlan.objects.create(project=project, name="0", owner=manager)
    browser.get("/estates/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/estates/")
    for number in range(1, 20):
        UpkeepPlan.objects.create(project=project, name=str(number), owner=manager)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get("/estates/").context["rows"]) == 20
    assert len(many) == len(one)
