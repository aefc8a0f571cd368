"""The customer-relations centre, expectations before a handover, credo and standards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.documents.models import Acknowledgement, Document
from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.models import Building, Task, Unit
from customers.purchase.services.holding import hold_unit
from service.knowledge.choices import DUTIES, FUNCTIONS
from service.knowledge.models import CentreTask, CentreUnit
from service.knowledge.tasks import warn_of_expectations
from tests.conftest import make_user
from tests.factories import LeadFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.spec("PLT-26")
def test_the_units_stand_in_the_organisation_and_tasks_carry_a_duty(
    client, writer, agent, seller, org
) -> None:
    sign_in(client, agent)
    assert len(client.get("/centre/").context["lacking"]) == len(FUNCTIONS) == 8
    assert client.get("/centre/add/").status_code == 403
    sign_in(client, writer)
    for function, _label in FUNCTIONS:
        form = {"function": function, "node": org.region_east.pk, "lead": agent.pk, "charge": ""}
        assert client.post("/centre/add/", form).status_code == 302
    assert client.post("/centre/add/", form).status_code == 422  # each unit once at a place
    shown = client.get("/centre/").context
    assert shown["lacking"] == []
    assert {row["unit"].function for row in shown["units"]} == {key for key, _ in FUNCTIONS}
    assert {row["unit"].node for row in shown["units"]} == {org.region_east}

    unit = CentreUnit.objects.get(function="complaints")
    here = f"/centre/{unit.pk}/"
    due = timezone.localdate() + timedelta(days=3)
    for duty, label in DUTIES:
        form = {"title": f"本月{label}", "duty": duty, "owner": agent.pk, "due_on": due}
        assert client.post(f"{here}tasks/", form).status_code == 302
    assert client.post(f"{here}tasks/", {**form, "due_on": "2020-01-01"}).status_code == 422
    assert client.post(f"{here}tasks/", {**form, "duty": "rest"}).status_code == 422
    assert set(CentreTask.objects.values_list("duty", flat=True)) == {
        *("plan", "promote", "carry_out", "monitor", "evaluate")
    }
    assert Task.objects.filter(owner=agent, centre__unit=unit).count() == 5
    row = next(one for one in client.get("/centre/").context["units"] if one["unit"] == unit)
    assert row["counts"] == [1, 1, 1, 1, 1]
    page = client.get(here)
    assert [len(duty["rows"]) for duty in page.context["duties"]] == [1] * 5
    moved = {
        "function": "complaints",
        "node": org.region_east.pk,
        "lead": writer.pk,
        "charge": "一级投诉",
        "edit_base": client.get(f"{here}edit/").context["form"].edit_base,
    }
    assert client.post(f"{here}edit/", moved).status_code == 302
    unit.refresh_from_db()
    assert (unit.lead, unit.charge) == (writer, "一级投诉")


def test_units_and_work_are_planned_within_ones_own_region(client, writer, agent, org) -> None:
    here, there = (
        CentreUnit.objects.create(function="quality", node=node, lead=agent)
        for node in (org.project_one.node, org.region_south)
    )
    stranger = UserFactory(role="service_manager", node=org.region_south)
    chief = UserFactory(role="service_manager", node=org.head)
    sign_in(client, writer)
    page = client.get(f"/centre/{there.pk}/")  # who is responsible is no secret
    assert (page.status_code, page.context["may_plan"]) == (200, False)
    assert client.get(f"/centre/{here.pk}/").context["may_plan"] is True
    work = {"title": "回访", "duty": "plan", "owner": agent.pk}
    work["due_on"] = timezone.localdate() + timedelta(days=3)
    unit = {"function": "club", "node": org.region_south.pk, "lead": agent.pk}
    assert client.get(f"/centre/{there.pk}/edit/").status_code == 404
    assert client.post(f"/centre/{there.pk}/edit/", unit).status_code == 404
    assert client.post(f"/centre/{there.pk}/tasks/", work).status_code == 404
    assert client.post("/centre/add/", unit).status_code == 422
    for lead, status in ((stranger, 422), (chief, 302)):
        unit |= {"node": org.region_east.pk, "lead": lead.pk}
        assert client.post("/centre/add/", unit).status_code == status
    assert (
        client.post(f"/centre/{here.pk}/tasks/", work | {"owner": stranger.pk}).status_code == 422
    )
    sign_in(client, chief)
    unit |= {"node": org.region_south.pk, "lead": stranger.pk}
    assert client.post("/centre/add/", unit).status_code == 302


def test_who_leads_a_unit_already_stays_a_choice(client, writer, org) -> None:
    stranger = UserFactory(role="service_manager", node=org.region_south)
    unit = CentreUnit.objects.create(function="quality", node=org.region_east, lead=stranger)
    sign_in(client, writer)
    here = f"/centre/{unit.pk}/edit/"
    form = {
        "function": "quality",
        "node": org.region_east.pk,
        "lead": stranger.pk,
        "charge": "检查",
    }
    form["edit_base"] = client.get(here).context["form"].edit_base
    assert client.post(here, form).status_code == 302
    unit.refresh_from_db()
    assert (unit.lead, unit.charge) == (stranger, "检查")


def expect(client, buyer, **more) -> RegisterEntry:
    form = {
        "title": "窗外看到湖景",
        "subject_id": buyer.pk,
        "stage": "in_sale",
        "topic": "surroundings",
        "said": "部分楼层可见",
        "gap": "large",
        **more,
    }
    answer = client.post("/registers/expectations/add/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    return RegisterEntry.objects.latest("pk")


def handed_over_in(days: int, buyer, seller, project, now) -> UnitDelivery:
    building = Building.objects.create(project=project, name="3栋")
    unit = Unit.objects.create(
        project=project, building=building, floor=1, number="0101", forecast_area=98
    )
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    risks = dict.fromkeys(("quality", "schedule", "documents", "facilities", "grade"), "low")
    batch = DeliveryBatch.objects.create(
        project=project,
        name="首批",
        planned_on=timezone.localdate() + timedelta(days=days),
        grade_version=1,
        **risks,
    )
    return UnitDelivery.objects.create(
        batch=batch,
        unit=unit,
        purchase=purchase,
        invited_at=now,
        due_on=timezone.localdate() + timedelta(days=days),
    )


@pytest.mark.spec("SVC-17")
def test_the_gap_report_lists_unmet_expectations_and_warns_before_the_handover(
    client, seller, buyer, org, now
) -> None:
    sign_in(client, seller)
    gap = expect(client, buyer)
    expect(client, buyer, title="按期交房", gap="none")
    met = expect(client, buyer, title="精装品牌", gap="small")
    client.post(f"/registers/entries/{met.pk}/close/", {"outcome": "met", "evidence": "已看样板"})
    lost = expect(client, buyer, title="价格不降", gap="none")
    client.post(
        f"/registers/entries/{lost.pk}/close/", {"outcome": "unmet", "evidence": "开盘调价"}
    )
    page = client.get("/expectations/")
    assert {row.entry for row in page.context["rows"]} == {gap, lost}
    text = page.content.decode()
    assert "窗外看到湖景" in text
    assert "部分楼层可见" in text
    assert buyer.name in text

    LeadFactory(customer=buyer, project=org.project_one)
    delivery = handed_over_in(30, buyer, seller, org.project_one, timezone.now())
    assert warn_of_expectations() == 0
    UnitDelivery.objects.update(due_on=timezone.localdate() + timedelta(days=10))
    warn_of_expectations()
    warn_of_expectations()
    told = Message.objects.filter(kind="knowledge.expectation")
    assert [(one.recipient, one.subject_id) for one in told] == [(seller, str(gap.pk))]
    rows = client.get("/expectations/").context["rows"]
    delivery.refresh_from_db()
    assert {row.handover_on for row in rows} == {delivery.due_on}


def test_expectations_of_other_peoples_customers_are_not_listed(client, seller, buyer, org) -> None:
    sign_in(client, seller)
    expect(client, buyer)
    sign_in(client, make_user(org, "consultant_c"))
    assert client.get("/expectations/").context["rows"] == []
    refused = client.post(
        "/registers/expectations/add/",
        {
            "title": "x",
            "subject_id": buyer.pk,
            "stage": "in_sale",
            "topic": "other",
            "said": "y",
            "gap": "none",
        },
    )
    assert refused.status_code in (403, 422)


def test_the_gap_report_costs_the_same_however_long(client, seller, buyer) -> None:
    sign_in(client, seller)

    def cost() -> int:
        client.get("/expectations/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/expectations/").status_code == 200
        return len(queries)

    expect(client, buyer)
    few = cost()
    for number in range(19):
        expect(client, buyer, title=f"期望{number}")
    assert cost() <= few


@pytest.mark.spec("SVC-18")
def test_the_credo_is_published_confirmed_by_staff_and_checked(
    client, writer, approver, seller, now
) -> None:
    sign_in(client, writer)
    form = {
        "title": "服务理念",
        "effective_from": "2026-01-01",
        "holder": writer.pk,
        "note": "",
        "rows": "2",
        "s1-title": "说到做到",
        "s1-text": "承诺的事按时完成。",
        "s2-title": "一视同仁",
        "s2-text": "访客与邻居同样受到尊重。",
    }
    assert client.post("/documents/add/service-credo/", form).status_code == 302
    document = Document.objects.get(kind="service-credo")
    visitor = Client()
    assert "说到做到" not in visitor.get("/help/credo/").content.decode()
    client.post(f"/documents/{document.pk}/submit/")
    approval = Approval.objects.get()
    sign(approval_id=approval.pk, digest=approval.digest, signer=approver, now=timezone.now())
    assert "说到做到" in visitor.get("/help/credo/").content.decode()

    assert Message.objects.filter(kind="document.to_read", recipient=seller).exists()
    sign_in(client, seller)
    page = client.get(f"/documents/{document.pk}/")
    assert seller in page.context["missing"]
    read = {"version": "1", "digest": page.context["digest"]}
    assert client.post(f"/documents/{document.pk}/acknowledge/", read).status_code == 302
    assert Acknowledgement.objects.get().user == seller
    assert seller not in client.get(f"/documents/{document.pk}/").context["missing"]

    sign_in(client, writer)
    check = {
        "title": "前台迎接",
        "post": "前台",
        "standard": "三十秒内起身迎接",
        "kept": "partly",
        "finding": "午间无人",
    }
    assert client.post("/registers/standard-checks/add/", {**check, "kept": ""}).status_code == 422
    assert client.post("/registers/standard-checks/add/", check).status_code == 302
    assert RegisterEntry.objects.get(register="standard-checks").values["kept"] == "partly"
