"""Graded batches: the grade yields checklist and approver, the approval holds as signed."""

from datetime import timedelta

import pytest

from crm_site.approvals.models import Approval
from customers.handover.errors import DeliveryRefusedError
from customers.handover.rules import Risk
from customers.handover.services import batches
from customers.models import DeliveryBatch
from tests.factories import UserFactory
from tests.handover.conftest import approve, fill, plan, planned_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for, specialist):
    return client_for(specialist)


@pytest.fixture
def cast_above(executive, head_office) -> None:
    """Who signs is there."""


def typed(project, day, **more) -> dict[str, str]:
    """Return the form of a batch."""
    risks = dict.fromkeys(("quality", "schedule", "documents", "facilities"), "low")
    return {
        "project": project.pk,
        "name": "首批",
        "planned_on": f"{day:%Y-%m-%d}",
        "idempotency_key": "a",
        **risks,
        **more,
    }


@pytest.mark.spec("SVC-95")
@pytest.mark.parametrize(
    ("risks", "grade", "checks", "steps"),
    [
        ({}, "low", 4, ["customers.sign_delivery"]),
        ({"quality": "high"}, "medium", 7, ["customers.direct_delivery"]),
        (
            {"quality": "high", "documents": "high"},
            "high",
            10,
            ["customers.direct_delivery", "customers.preside_delivery"],
        ),
    ],
)
def test_the_grade_yields_checklist_and_approver(
    browser, project, make_units, specialist, cast_above, now, risks, grade, checks, steps
) -> None:
    day = now.date() + timedelta(days=30)
    answer = browser.post("/handover/add/", typed(project, day, **risks))
    batch = DeliveryBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/handover/{batch.pk}/")
    url = f"/handover/{batch.pk}/"
    page = browser.get(url)
    assert (batch.grade, len(page.context["checks"])) == (grade, checks)
    fill(batch, make_units(3), specialist, now)

    early = browser.post(f"{url}approval/", {"idempotency_key": "b"})
    assert early.status_code == 409
    assert not Approval.objects.filter(kind="delivery.batch").exists()
    for number, line in enumerate(page.context["checks"]):
        data = {"note": "已核", "idempotency_key": f"c{number}"}
        assert browser.post(f"{url}checks/{line.key}/", data).status_code == 302
    assert browser.post(f"{url}approval/", {"idempotency_key": "d"}).status_code == 302
    approval = Approval.objects.get(kind="delivery.batch")
    assert approval.steps == steps
    assert approval.next_permissions == steps[:1]


def test_a_signed_batch_is_approved_and_a_change_voids_it(
    batch, make_units, specialist, executive, now, today
) -> None:
    fill(batch, make_units(3), specialist, now)
    approve(batch, specialist, [executive], now)
    assert batch.approved_at == now
    worse = plan(batch.planned_on, quality=Risk.HIGH)
    batches.replan_batch(batch=batch, plan=worse, actor=specialist, now=now, today=today)
    batch.refresh_from_db()
    assert (batch.approved_at, batch.approval, batch.grade) == (None, None, "medium")


def test_high_risk_needs_head_office_after_the_region(
    project, make_units, specialist, executive, head_office, now
) -> None:
    batch = planned_batch(project, specialist, now, quality=Risk.HIGH, schedule=Risk.HIGH)
    fill(batch, make_units(1), specialist, now)
    approve(batch, specialist, [executive, head_office], now)
    assert batch.approved_at is not None


def test_a_batch_that_waits_for_signatures_is_not_changed(
    batch, make_units, specialist, executive, now, today
) -> None:
    fill(batch, make_units(2), specialist, now)
    for key in ("filing", "papers", "walked", "stations"):
        batches.tick_check(batch=batch, key=key, note="已核", actor=specialist, now=now)
    batches.ask_approval(batch=batch, reason="", actor=specialist, now=now)
    with pytest.raises(DeliveryRefusedError):
        batches.replan_batch(
            batch=batch, plan=plan(today, "二批"), actor=specialist, now=now, today=today
        )
    batch.refresh_from_db()
    assert batch.name == "首批"


def test_wrong_input_writes_nothing(browser, project, batch, now) -> None:
    past = now.date() - timedelta(days=1)
    later = now.date() + timedelta(days=9)
    for data in (
        typed(project, past, name="二批"),
        typed(project, later, name=batch.name, idempotency_key="b"),
        typed(project, later, quality="awful", name="三批", idempotency_key="c"),
    ):
        answer = browser.post("/handover/add/", data)
        assert answer.status_code == 422
    assert list(DeliveryBatch.objects.all()) == [batch]


def test_units_come_by_building_and_floor_once(browser, batch, make_units, building) -> None:
    make_units(9)
    url = f"/handover/{batch.pk}/fill/"
    data = {"buildings": [building.pk], "lowest": 2, "idempotency_key": "a"}
    assert browser.post(url, data).status_code == 302
    assert batch.deliveries.count() == 6
    again = browser.post(url, data | {"idempotency_key": "b"})
    assert again.status_code == 422
    assert batch.deliveries.count() == 6


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_asks_as_often_for_one_batch_as_for_many(
    browser, project, specialist, now, number, django_assert_max_num_queries
) -> None:
    for place in range(number):
        planned_batch(project, specialist, now, name=f"第{place}批")
    browser.get("/handover/")
    with django_assert_max_num_queries(14):
        browser.get("/handover/")


def test_a_batch_of_another_project_does_not_exist(client_for, batch, org) -> None:
    stranger = client_for(UserFactory(role="specialist", node=org.team_b))
    assert stranger.get(f"/handover/{batch.pk}/").status_code == 404
    assert batch.name not in stranger.get("/handover/").content.decode()
